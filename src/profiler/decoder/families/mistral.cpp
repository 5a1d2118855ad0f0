#include "profiler/decoder/families/dense.hpp"
#include "profiler/decoder/families/families.hpp"

namespace upmem_des::profiler {

/// As Llama, with a window in every layer.
DecoderParts build_mistral(ModelBuilder& builder) {
  return standard_parts(builder, hidden_rotary(builder), {windowed_attention, dense_mlp});
}

}  // namespace upmem_des::profiler
