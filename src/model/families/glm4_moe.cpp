#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// Biases of query, key and value; dense layers first, then experts with a shared one.
DecoderDescription describe_glm4_moe(const DecoderConfig& config) {
  StandardDecoder decoder(config, "Glm4Moe");
  decoder.around.rotary_width =
      static_cast<std::int64_t>(static_cast<double>(config.head_dim) * config.number("partial_rotary_factor", 0.5));
  AttentionBlock& attention = decoder.attention;
  attention.query_bias = attention.key_bias = attention.value_bias = config.truth("attention_bias", false);
  if (config.truth("use_qk_norm", false)) attention.qk_norm = QueryKeyNorm::PerHead;

  ExpertsBlock& experts = decoder.experts;
  experts.router_type = "Glm4MoeTopkRouter";
  experts.expert.inner_size = config.count("moe_intermediate_size", 1408);
  experts.groups = config.count("n_group", 1);
  experts.chosen_groups = config.count("topk_group", 1);
  experts.shared = "mlp.shared_experts";
  experts.shared_inner = config.count("n_shared_experts", 1) * experts.expert.inner_size;
  const std::int64_t dense = config.whole("first_k_dense_replace", 1);
  decoder.has_experts = [dense](std::int64_t layer) { return layer >= dense; };
  return decoder.describe();
}

}  // namespace upmem_des
