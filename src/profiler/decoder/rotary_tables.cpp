#include "profiler/decoder/rotary_tables.hpp"

#include <array>

namespace upmem_des::profiler {

RotaryEmbedding::Angles RotaryTables::angles(const torch::Tensor& hidden, std::int64_t first_position) const {
  if (!info_) return rotary_.angles(first_position, hidden.size(1), hidden);
  const std::array<std::int64_t, 3> sizes{hidden.size(0), hidden.size(1), width_};
  LayerCall call(*info_, sizes);
  RotaryEmbedding::Angles made = rotary_.angles(first_position, hidden.size(1), hidden);
  call.done(sizes);
  return made;
}

}  // namespace upmem_des::profiler
