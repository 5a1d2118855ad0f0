#include "model/blocks/attention.hpp"
#include "model/blocks/feed_forward.hpp"
#include "model/blocks/frame.hpp"
#include "model/blocks/residual_stream.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

/// LayerNorms, biases, ReLU, a learned table of positions with two rows more than positions.
DecoderDescription describe_opt(const DecoderConfig& config) {
  const std::int64_t hidden = config.hidden_size;
  const bool bias = config.truth("enable_bias", true);
  const auto layer_norm = [&](const char* path) {
    return norm("LayerNorm", path, operation::Norm::Kind::Layer, token_rows(), hidden);
  };
  const bool before = config.truth("do_layer_norm_before", true);
  LayerBuilder layer;
  ResidualStream stream(layer, ResidualStream::Additions::Apart, hidden);
  Value value = before ? stream.norm(layer_norm("self_attn_layer_norm")) : stream.value();
  AttentionBlock attention;
  attention.hidden_size = hidden;
  attention.heads = attention.cache_heads = config.num_attention_heads;
  attention.head_dim = config.head_dim;
  attention.output = "out_proj";
  set_biases(attention, bias);
  stream.add(add_attention(layer, attention, value));
  // Behind each part the norm's result is the stream; before one it is not.
  value = stream.norm(layer_norm(before ? "final_layer_norm" : "self_attn_layer_norm"));
  if (!before) stream.become(value);
  PlainBlock mlp;
  mlp.first = "fc1";
  mlp.down = "fc2";
  mlp.activation_path = "activation_fn";
  mlp.activation = config.activation;
  mlp.hidden_size = hidden;
  mlp.inner_size = config.intermediate_size;
  mlp.bias = bias;
  stream.add(add_plain(layer, mlp, value));
  if (!before) stream.become(stream.norm(layer_norm("final_layer_norm")));
  stream.end();

  const std::int64_t table_width = config.count("word_embed_proj_dim", hidden);
  if (!config.truth("layer_norm_elementwise_affine", true))
    config.fail("layer_norm_elementwise_affine", "norms without weights are not supported; expected true");
  Frame around;
  if (table_width != hidden) {
    around.table_width = table_width;
    around.project_in = "model.decoder.project_in";
    around.project_out = "model.decoder.project_out";
  }
  around.table = "model.decoder.embed_tokens";
  around.norm_type = "LayerNorm";
  around.norm_kind = operation::Norm::Kind::Layer;
  const bool has_norm = before && !config.truth("_remove_final_layer_norm", false);
  if (!has_norm && config.head == Head::None && table_width == hidden)
    config.fail("architectures", "a model that ends with its layers is not supported; expected one with a head");
  around.norm = has_norm ? "model.decoder.final_layer_norm" : "";
  around.counts_positions = true;
  around.positions_type = "OPTLearnedPositionalEmbedding";
  around.positions = "model.decoder.embed_positions";
  around.position_rows = config.count("max_position_embeddings", 2048) + 2;
  return frame(around, config, {layer.group(config.num_hidden_layers, "model.decoder.layers")});
}

}  // namespace upmem_des
