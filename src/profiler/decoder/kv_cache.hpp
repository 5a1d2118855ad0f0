/// Keys and values of the tokens so far.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "model/decoder_config.hpp"

namespace upmem_des::profiler {

/// Room for all tokens is made at the beginning; nothing is copied as they come.
class KvCache {
 public:
  /// For `tokens` positions of `batch` rows; number format and device as those of `like`.
  KvCache(const DecoderConfig& config, std::int64_t batch, std::int64_t tokens, const torch::Tensor& like);

  /// Positions that every layer holds.
  std::int64_t length() const { return length_; }

  /// Keys and values [B, KV heads, L, d] of one layer.
  struct Entry {
    torch::Tensor keys;
    torch::Tensor values;
  };
  /// Puts those of the T new tokens, [B, KV heads, T, d], behind the others of the layer and gives all of them.
  Entry append(std::int64_t layer, const torch::Tensor& keys, const torch::Tensor& values);

  /// The tokens that were appended to every layer count from now on.
  void advance(std::int64_t tokens) { length_ += tokens; }

  /// Forgets all tokens.
  void clear() { length_ = 0; }

 private:
  std::vector<Entry> layers_;
  std::int64_t length_ = 0;
};

}  // namespace upmem_des::profiler
