/// down(act(gate(x)) · up(x)).
#pragma once

#include <string>

#include "profiler/decoder/activation.hpp"
#include "profiler/decoder/feed_forward.hpp"
#include "profiler/decoder/linear.hpp"

namespace upmem_des::profiler {

struct GatedMlpParts {
  Linear gate, up, down;
  Activation activation;
  std::int64_t expert = -1;  ///< that it is; −1: none
};

/// gate_proj, up_proj, down_proj, act_fn below `path`, with the biases that are described.
GatedMlpParts gated_mlp_parts(ModelBuilder& builder, const std::string& path, std::int64_t expert = -1);
/// With biases or without, whatever is described.
GatedMlpParts gated_mlp_with(ModelBuilder& builder, const std::string& path, bool bias);

class GatedMlp : public FeedForward {
 public:
  explicit GatedMlp(GatedMlpParts parts);

  torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) override;
  /// [rows…, hidden_size] → the same shape; there may be no rows.
  torch::Tensor forward(const torch::Tensor& rows) const;

 private:
  GatedMlpParts parts_;
};

}  // namespace upmem_des::profiler
