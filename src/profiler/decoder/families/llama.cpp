#include <utility>

#include "profiler/decoder/families/dense.hpp"
#include "profiler/decoder/families/families.hpp"

namespace upmem_des::profiler {

/// Its rotary embedding is a layer, recorded as if its tables were as wide as the hidden state.
DecoderParts build_llama(ModelBuilder& builder) {
  std::vector<RotaryTables> tables;
  tables.emplace_back(builder, "model.rotary_emb", builder.config().hidden_size, dense_rotary(builder));
  return standard_parts(builder, std::move(tables), {full_attention, dense_mlp});
}

}  // namespace upmem_des::profiler
