#include "model/blocks/attention.hpp"
#include "model/blocks/feed_forward.hpp"
#include "model/blocks/frame.hpp"
#include "model/blocks/residual_stream.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

/// LayerNorms, biases, one projection for query, key and value; the MLP beside attention.
DecoderDescription describe_gpt_neox(const DecoderConfig& config) {
  const std::int64_t hidden = config.hidden_size;
  const bool bias = config.truth("attention_bias", true);
  const bool parallel = config.truth("use_parallel_residual", true);
  const Sizes wide = followed_by(token_rows(), hidden);
  const auto layer_norm = [&](const char* path) {
    return norm("LayerNorm", path, operation::Norm::Kind::Layer, token_rows(), hidden);
  };
  Frame around;
  around.table = "gpt_neox.embed_in";
  around.dropout = "gpt_neox.emb_dropout";
  around.norm_type = "LayerNorm";
  around.norm_kind = operation::Norm::Kind::Layer;
  around.norm = "gpt_neox.final_layer_norm";
  around.head = "embed_out";
  around.rotary_type = "GPTNeoXRotaryEmbedding";
  around.rotary = "gpt_neox.rotary_emb";
  around.rotary_width =
      static_cast<std::int64_t>(static_cast<double>(config.head_dim) * config.number("rotary_pct", 0.25));

  LayerBuilder layer;
  ResidualStream stream(layer, ResidualStream::Additions::Apart, hidden);
  AttentionBlock attention;
  attention.path = "attention";
  attention.hidden_size = hidden;
  attention.heads = attention.cache_heads = config.num_attention_heads;
  attention.head_dim = config.head_dim;
  attention.fused = "query_key_value";
  attention.output = "dense";
  attention.query_bias = attention.output_bias = bias;
  attention.rotary_width = around.rotary_width;
  Value attended = add_attention(layer, attention, stream.norm(layer_norm("input_layernorm")));
  attended = layer.add(dropout("post_attention_dropout", wide), {attended});
  if (!parallel) stream.add(attended);
  const Value normed = stream.norm(layer_norm("post_attention_layernorm"));
  PlainBlock mlp;
  mlp.first = "mlp.dense_h_to_4h";
  mlp.down = "mlp.dense_4h_to_h";
  mlp.activation_path = "mlp.act";
  mlp.activation = config.activation;
  mlp.hidden_size = hidden;
  mlp.inner_size = config.intermediate_size;
  Value out = add_plain(layer, mlp, normed);
  out = layer.add(dropout("post_mlp_dropout", wide), {out});
  if (parallel)
    stream.add_both(attended, out);
  else
    stream.add(out);
  stream.end();
  return frame(around, config, {layer.group(config.num_hidden_layers, "gpt_neox.layers")});
}

}  // namespace upmem_des
