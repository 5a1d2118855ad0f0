#include "profiler/decoder/families/families.hpp"
#include "profiler/decoder/families/standard_parts.hpp"

namespace upmem_des::profiler {

/// As Llama, with biases of query, key and value, and windows in layers that have one.
DecoderParts build_qwen2(ModelBuilder& builder) {
  return standard_parts(builder, described_rotary(builder), {described_attention, described_mlp});
}

}  // namespace upmem_des::profiler
