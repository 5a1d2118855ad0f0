#include "model/blocks/latent_attention.hpp"
#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// DeepSeek-V2, V3 and Kimi K2: latent attention; dense layers first, then experts of which groups are chosen first,
/// with shared ones beside them.
DecoderDescription describe_deepseek(const DecoderConfig& config) {
  const bool is_v2 = config.model_type == "deepseek_v2";
  const std::string prefix = is_v2 ? "DeepseekV2" : "DeepseekV3";
  StandardDecoder decoder(config, prefix);

  LatentAttentionBlock block;
  block.norm_type = prefix + "RMSNorm";
  block.hidden_size = config.hidden_size;
  block.heads = config.num_attention_heads;
  block.query_rank = config.is_null("q_lora_rank") ? 0 : config.count("q_lora_rank", 1536);
  block.latent_rank = config.count("kv_lora_rank", 512);
  block.plain_width = config.count("qk_nope_head_dim", 128);
  block.rotary_width = config.count("qk_rope_head_dim", 64);
  block.value_width = config.count("v_head_dim", 128);
  block.bias = config.truth("attention_bias", false);
  decoder.around.rotary_width = block.rotary_width;
  decoder.has_other_mixer = [](std::int64_t) { return true; };
  decoder.other_mixer = [block](LayerBuilder& builder, Value input) {
    return add_latent_attention(builder, block, input);
  };

  ExpertsBlock& experts = decoder.experts;
  experts.router_type = is_v2 ? "DeepseekV2TopkRouter" : "DeepseekV3TopkRouter";
  experts.expert.inner_size = config.count("moe_intermediate_size", is_v2 ? 1407 : 2048);
  experts.groups = config.count("n_group", is_v2 ? 1 : 8);
  experts.chosen_groups = config.count("topk_group", is_v2 ? 1 : 4);
  const std::int64_t shared = config.count("n_shared_experts", is_v2 ? 2 : 1);
  experts.shared = "mlp.shared_experts";
  experts.shared_inner = shared * experts.expert.inner_size;
  const std::int64_t dense = config.whole("first_k_dense_replace", is_v2 ? 0 : 3);
  const std::int64_t every = config.count("moe_layer_freq", 1);
  decoder.has_experts = [dense, every](std::int64_t layer) { return layer >= dense && layer % every == 0; };
  return decoder.describe();
}

}  // namespace upmem_des
