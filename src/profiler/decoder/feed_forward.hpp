/// The second half of a decoder layer.
#pragma once

#include "profiler/decoder/forward_pass.hpp"

namespace upmem_des::profiler {

class FeedForward {
 public:
  FeedForward() = default;
  FeedForward(const FeedForward&) = delete;
  FeedForward& operator=(const FeedForward&) = delete;
  virtual ~FeedForward() = default;

  /// [B, T, hidden_size] → the same shape.
  virtual torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) = 0;
};

}  // namespace upmem_des::profiler
