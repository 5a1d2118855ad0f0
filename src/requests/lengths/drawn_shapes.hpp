/// Requests of any length, one as good as another. Internal to the room.
#pragma once

#include <memory>

#include "requests/lengths/lengths.hpp"
#include "requests/shapes.hpp"

namespace upmem_des {

/// Prompts and outputs are drawn apart, from streams of their own.
class DrawnShapes : public RequestShapes {
 public:
  DrawnShapes(const LengthsSection& prompt, const LengthsSection& output, std::uint64_t seed)
      : prompt_(make_lengths(prompt)),
        output_(make_lengths(output)),
        prompt_random_(seed, "prompt"),
        output_random_(seed, "output") {}

  bool has_next() const override { return true; }
  void next(Request& request) override {
    request.prompt_tokens = prompt_->sample(prompt_random_);
    request.output_tokens = output_->sample(output_random_);
  }

 private:
  std::unique_ptr<LengthDistribution> prompt_;
  std::unique_ptr<LengthDistribution> output_;
  RandomStream prompt_random_;
  RandomStream output_random_;
};

}  // namespace upmem_des
