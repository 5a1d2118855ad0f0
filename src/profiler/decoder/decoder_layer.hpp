/// One decoder layer: attention and a feed-forward half, each with norms and a residual around it.
#pragma once

#include <memory>

#include "profiler/decoder/feed_forward.hpp"
#include "profiler/decoder/norm.hpp"
#include "profiler/decoder/token_mixer.hpp"

namespace upmem_des::profiler {

struct DecoderLayerParts {
  std::unique_ptr<TokenMixer> mixer;
  std::unique_ptr<FeedForward> feed_forward;
  std::unique_ptr<Norm> before_mixer;
  std::unique_ptr<Norm> after_mixer;  ///< null: none
  std::unique_ptr<Norm> before_feed_forward;
  std::unique_ptr<Norm> after_feed_forward;  ///< null: none
};

class DecoderLayer {
 public:
  explicit DecoderLayer(DecoderLayerParts parts);

  /// [B, T, hidden_size] → the same shape.
  torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) const;

  const TokenMixer& mixer() const { return *parts_.mixer; }

 private:
  DecoderLayerParts parts_;
};

}  // namespace upmem_des::profiler
