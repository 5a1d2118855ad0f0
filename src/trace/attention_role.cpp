#include "trace/attention_role.hpp"

namespace upmem_des {

AttentionRole attention_role(const LayerEvent& event) {
  static const Name fused("scaled_dot_product_attention"), matmul("matmul"), bmm("bmm"), softmax("softmax");
  static const Name weights("attn_weights"), output("attn_output");
  if (event.type == fused) return AttentionRole::Fused;
  const bool is_product = event.type == matmul || event.type == bmm;
  if (event.name == weights && is_product) return AttentionRole::Scores;
  if (event.name == weights && event.type == softmax) return AttentionRole::Softmax;
  return event.name == output && is_product ? AttentionRole::Output : AttentionRole::None;
}

}  // namespace upmem_des
