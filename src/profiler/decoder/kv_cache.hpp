/// Keys and values of the tokens so far.
#pragma once

#include <torch/torch.h>

#include <vector>

namespace upmem_des::profiler {

/// What a layer keeps of a token, for each of the cache's heads: elements of its key and of its value.
struct CacheRow {
  std::int64_t heads = 0;
  std::int64_t key_width = 0;
  std::int64_t value_width = 0;

  std::int64_t elements() const { return heads * (key_width + value_width); }
};

/// Room for all tokens is made at the beginning; nothing is copied as they come.
class KvCache {
 public:
  /// For `tokens` positions of `batch` rows in each of the layers; number format and device as those of `like`.
  KvCache(const std::vector<CacheRow>& layers, std::int64_t batch, std::int64_t tokens, const torch::Tensor& like);

  /// Positions that every layer holds.
  std::int64_t length() const { return length_; }

  /// Keys and values of one layer: [B, heads, L, key_width] and [B, heads, L, value_width].
  struct Entry {
    torch::Tensor keys;
    torch::Tensor values;
  };
  /// Puts those of the T new tokens, [B, heads, T, …], behind the others of the layer and gives all of them.
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
