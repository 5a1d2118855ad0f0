/// The first half of a decoder layer: what new tokens take from those before them.
#pragma once

#include "profiler/decoder/forward_pass.hpp"

namespace upmem_des::profiler {

class TokenMixer {
 public:
  TokenMixer() = default;
  TokenMixer(const TokenMixer&) = delete;
  TokenMixer& operator=(const TokenMixer&) = delete;
  virtual ~TokenMixer() = default;

  /// [B, T, hidden_size] → the same shape; appends to pass.cache.
  virtual torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) const = 0;

  /// What the layer keeps of a token.
  virtual CacheRow cache_row() const = 0;
  /// Rows that a token sees, its own included; 0: all.
  virtual std::int64_t window() const = 0;
  /// Elements a token that the layer holds in a first pass beside the cache.
  virtual std::int64_t expanded_elements() const { return 0; }
};

}  // namespace upmem_des::profiler
