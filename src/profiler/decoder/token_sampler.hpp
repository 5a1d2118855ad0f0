/// The next tokens from logits.
#pragma once

#include <torch/torch.h>

#include <optional>
#include <random>
#include <vector>

#include "profile/profile_request.hpp"

namespace upmem_des::profiler {

class TokenSampler {
 public:
  /// The most likely token.
  TokenSampler() = default;
  /// Drawn, reproducibly from the seed. Throws InputError on options out of their range.
  TokenSampler(const SamplingOptions& options, std::uint64_t seed);

  /// One token for each row of float32 logits [B, vocab_size]. When drawn, the probabilities are a function event:
  /// softmax `probs` of logits / temperature, where all but the top_k largest, and those beyond the smallest set that
  /// has top_p of the probability, are left out. Of logits without elements (the meta device): 0s.
  std::vector<std::int64_t> next(const torch::Tensor& logits);

 private:
  torch::Tensor filtered(torch::Tensor logits) const;
  std::int64_t draw(const torch::Tensor& probabilities);

  std::optional<SamplingOptions> options_;
  std::mt19937_64 random_;
};

}  // namespace upmem_des::profiler
