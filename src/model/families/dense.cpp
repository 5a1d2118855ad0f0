#include "model/families/dense.hpp"

#include "model/blocks/residual_stream.hpp"

namespace upmem_des {

AttentionBlock published_attention(const DecoderConfig& config) {
  AttentionBlock block;
  block.hidden_size = config.hidden_size;
  block.heads = config.num_attention_heads;
  block.cache_heads = config.num_key_value_heads;
  block.head_dim = block.rotary_width = config.head_dim;
  block.operation.window = config.sliding_window.value_or(0);
  set_biases(block, config.truth("attention_bias", false));
  return block;
}

ActivationKind published_activation() {
  ActivationKind kind;
  kind.event_name = "return";
  return kind;
}

Call published_norm(const char* path, const DecoderConfig& config) {
  return norm("LlamaRMSNorm", path, operation::Norm::Kind::Rms, token_rows(), config.hidden_size);
}

DecoderDescription published_frame(const DecoderConfig& config, const LayerGroup& layers, Rotary rotary) {
  Frame around;
  around.norm_type = "LlamaRMSNorm";
  if (rotary == Rotary::Modules) around.rotary_type = "LlamaRotaryEmbedding";
  around.rotary_width = config.hidden_size;  // as in those traces, where the tables have a head's width
  return frame(around, config, {layers});
}

DecoderDescription describe_dense_decoder(const DecoderConfig& config, Rotary rotary) {
  LayerBuilder builder =
      rotary == Rotary::Modules
          ? LayerBuilder({"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
                          "self_attn.rotary_emb", "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", "mlp.act_fn",
                          "input_layernorm", "post_attention_layernorm"})
          : LayerBuilder({"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj",
                          "mlp.gate_proj", "mlp.up_proj", "mlp.down_proj", "mlp.act_fn", "input_layernorm",
                          "post_attention_layernorm"});
  ResidualStream stream(builder, ResidualStream::Additions::InNorms, config.hidden_size);
  const Value normed = stream.norm(published_norm("input_layernorm", config));
  stream.add(add_attention(builder, published_attention(config), normed));
  const Value between = stream.norm(published_norm("post_attention_layernorm", config));
  GatedBlock feed_forward;
  feed_forward.hidden_size = config.hidden_size;
  feed_forward.inner_size = config.intermediate_size;
  feed_forward.activation = published_activation();
  feed_forward.bias = config.truth("mlp_bias", false);
  stream.add(add_gated(builder, feed_forward, {between}));
  stream.end();
  return published_frame(config, builder.group(config.num_hidden_layers, "model.layers"), rotary);
}

}  // namespace upmem_des
