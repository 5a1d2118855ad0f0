#include "profiler/decoder/kv_cache.hpp"

namespace upmem_des::profiler {

KvCache::KvCache(const std::vector<CacheRow>& layers, std::int64_t batch, std::int64_t tokens,
                 const torch::Tensor& like) {
  const auto options = torch::dtype(like.scalar_type()).device(like.device());
  for (const CacheRow& row : layers)
    layers_.push_back({torch::empty({batch, row.heads, tokens, row.key_width}, options),
                       torch::empty({batch, row.heads, tokens, row.value_width}, options)});
}

KvCache::Entry KvCache::append(std::int64_t layer, const torch::Tensor& keys, const torch::Tensor& values) {
  const Entry& entry = layers_[static_cast<std::size_t>(layer)];
  const std::int64_t added = keys.size(2);
  entry.keys.narrow(2, length_, added).copy_(keys);
  entry.values.narrow(2, length_, added).copy_(values);
  return {entry.keys.narrow(2, 0, length_ + added), entry.values.narrow(2, 0, length_ + added)};
}

}  // namespace upmem_des::profiler
