#include "profiler/decoder/families/families.hpp"
#include "profiler/decoder/families/standard_parts.hpp"

namespace upmem_des::profiler {

/// As Llama, with norms over each head of query and key, and windows in layers that have one.
DecoderParts build_qwen3(ModelBuilder& builder) {
  return standard_parts(builder, described_rotary(builder), {normed_attention, described_mlp});
}

}  // namespace upmem_des::profiler
