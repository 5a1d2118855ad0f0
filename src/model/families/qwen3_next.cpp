#include <algorithm>

#include "model/blocks/state_space.hpp"
#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

namespace {

/// Gated DeltaNet in three of four layers, attention with an output gate in the others.
StandardDecoder hybrid(const DecoderConfig& config, const std::string& prefix, bool fused_projections) {
  StandardDecoder decoder(config, prefix);
  decoder.around.rotary_width =
      static_cast<std::int64_t>(static_cast<double>(config.head_dim) * config.number("partial_rotary_factor", 0.25));
  decoder.attention.qk_norm = QueryKeyNorm::PerHead;
  decoder.attention.output_gate = true;
  set_biases(decoder.attention, config.truth("attention_bias", false));
  decoder.mask = [](std::int64_t) { return LayerMask{operation::Attention::Mask::Full, 0}; };

  DeltaNetBlock block;
  block.norm_type = prefix + "RMSNormGated";
  block.hidden_size = config.hidden_size;
  block.key_heads = config.count("linear_num_key_heads", 16);
  block.value_heads = config.count("linear_num_value_heads", 32);
  block.key_width = config.count("linear_key_head_dim", 128);
  block.value_width = config.count("linear_value_head_dim", 128);
  block.kernel = config.count("linear_conv_kernel_dim", 4);
  block.fused_projections = fused_projections;
  decoder.other_mixer = [block](LayerBuilder& builder, Value input) { return add_delta_net(builder, block, input); };
  const std::vector<std::string> types = config.layer_types;
  const std::int64_t interval = config.count("full_attention_interval", 4);
  decoder.has_other_mixer = [types, interval](std::int64_t layer) {
    if (types.empty()) return (layer + 1) % interval != 0;
    return types[static_cast<std::size_t>(layer)] == "linear_attention";
  };
  return decoder;
}

void add_moe(StandardDecoder& decoder, const std::string& prefix) {
  const DecoderConfig& config = decoder.config;
  if (config.num_local_experts == 0) return;
  decoder.experts.router_type = prefix + "TopKRouter";
  decoder.experts.expert.inner_size = config.count("moe_intermediate_size", 512);
  decoder.experts.shared = "mlp.shared_expert";
  decoder.experts.shared_inner = config.count("shared_expert_intermediate_size", 512);
  decoder.experts.shared_gate = "mlp.shared_expert_gate";
  decoder.experts.shared_first = true;
  const std::int64_t step = config.count("decoder_sparse_step", 1);
  const std::vector<std::int64_t> dense = config.counts("mlp_only_layers");
  decoder.has_experts = [=](std::int64_t layer) {
    return (layer + 1) % step == 0 && std::find(dense.begin(), dense.end(), layer) == dense.end();
  };
}

}  // namespace

DecoderDescription describe_qwen3_next(const DecoderConfig& config) {
  StandardDecoder decoder = hybrid(config, "Qwen3Next", true);
  add_moe(decoder, "Qwen3Next");
  return decoder.describe();
}

DecoderDescription describe_qwen3_5(const DecoderConfig& config) {
  const std::string prefix = config.num_local_experts > 0 ? "Qwen3_5Moe" : "Qwen3_5";
  StandardDecoder decoder = hybrid(config, prefix, false);
  decoder.around.rotary_type.clear();
  add_moe(decoder, prefix);
  return decoder.describe();
}

}  // namespace upmem_des
