#include "model/blocks/attention.hpp"
#include "model/blocks/experts.hpp"
#include "model/blocks/frame.hpp"
#include "model/blocks/residual_stream.hpp"
#include "model/blocks/state_space.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

/// Mamba in seven of eight layers, attention without positions in the other; experts in every other layer.
DecoderDescription describe_jamba(const DecoderConfig& config) {
  const std::int64_t hidden = config.hidden_size;
  const std::int64_t attention_period = config.count("attn_layer_period", 8);
  const std::int64_t attention_offset = config.whole("attn_layer_offset", 4);
  const std::int64_t expert_period = config.count("expert_layer_period", 2);
  const std::int64_t expert_offset = config.whole("expert_layer_offset", 1);
  const auto is_attention = [=](std::int64_t layer) { return layer % attention_period == attention_offset; };
  const auto has_experts = [&](std::int64_t layer) {
    return config.num_local_experts > 1 && layer % expert_period == expert_offset;
  };
  const auto rms = [&](const char* path) {
    return norm("JambaRMSNorm", path, operation::Norm::Kind::Rms, token_rows(), hidden);
  };

  AttentionBlock attention;
  attention.hidden_size = hidden;
  attention.heads = config.num_attention_heads;
  attention.cache_heads = config.num_key_value_heads;
  attention.head_dim = config.head_dim;
  MambaBlock mamba;
  mamba.path = "mamba";
  mamba.norm_type = "JambaRMSNorm";
  mamba.hidden_size = hidden;
  mamba.inner_size = config.count("mamba_expand", 2) * hidden;
  mamba.state_size = config.count("mamba_d_state", 16);
  mamba.kernel = config.count("mamba_d_conv", 4);
  mamba.step_rank = config.count_unless_auto("mamba_dt_rank", (hidden + 15) / 16);
  mamba.bias = config.truth("mamba_proj_bias", false);
  mamba.convolution_bias = config.truth("mamba_conv_bias", true);
  GatedBlock dense;
  dense.path = "feed_forward";
  dense.hidden_size = hidden;
  dense.inner_size = config.intermediate_size;
  dense.activation = config.activation;
  ExpertsBlock experts;
  experts.router = "feed_forward.router";
  experts.router_type = "JambaRouter";
  experts.experts = "feed_forward.experts";
  experts.count = config.num_local_experts;
  experts.chosen = config.num_experts_per_tok;
  experts.expert = dense;

  const auto layer = [&](std::int64_t first, std::int64_t layers) {
    LayerBuilder builder;
    ResidualStream stream(builder, ResidualStream::Additions::InNorms, hidden);
    Value value = stream.norm(rms("input_layernorm"));
    stream.add(is_attention(first) ? add_attention(builder, attention, value) : add_mamba(builder, mamba, value));
    value = stream.norm(rms("pre_ff_layernorm"));
    if (has_experts(first))
      add_experts(builder, experts, value);
    else
      stream.add(add_gated(builder, dense, {value}));
    stream.end();
    return builder.group(layers, "model.layers");
  };
  Frame around;
  around.norm_type = "JambaRMSNorm";
  around.norm = "model.final_layernorm";
  const auto kind = [&](std::int64_t number) {
    return 2 * (is_attention(number) ? 1 : 0) + (has_experts(number) ? 1 : 0);
  };
  return frame(around, config, grouped(config.num_hidden_layers, kind, layer));
}

}  // namespace upmem_des
