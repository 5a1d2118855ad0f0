#include "model/blocks/attention.hpp"
#include "model/blocks/feed_forward.hpp"
#include "model/blocks/frame.hpp"
#include "model/blocks/residual_stream.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

/// LayerNorms, a learned table of positions, one projection for query, key and value; GPT-2's Linear is called Conv1D.
DecoderDescription describe_gpt2(const DecoderConfig& config) {
  const std::int64_t hidden = config.hidden_size;
  const Sizes wide = followed_by(token_rows(), hidden);
  const auto layer_norm = [&](const char* path) {
    return norm("LayerNorm", path, operation::Norm::Kind::Layer, token_rows(), hidden);
  };
  LayerBuilder layer;
  ResidualStream stream(layer, ResidualStream::Additions::Apart, hidden);
  const Value normed = stream.norm(layer_norm("ln_1"));
  AttentionBlock attention;
  attention.path = "attn";
  attention.linear_type = "Conv1D";
  attention.hidden_size = hidden;
  attention.heads = attention.cache_heads = config.num_attention_heads;
  attention.head_dim = config.head_dim;
  attention.fused = "c_attn";
  attention.output = "c_proj";
  attention.query_bias = attention.output_bias = true;
  stream.add(layer.add(dropout("attn.resid_dropout", wide), {add_attention(layer, attention, normed)}));
  PlainBlock mlp;
  mlp.first = "mlp.c_fc";
  mlp.down = "mlp.c_proj";
  mlp.activation_path = "mlp.act";
  mlp.linear_type = "Conv1D";
  mlp.activation = config.activation;
  mlp.hidden_size = hidden;
  mlp.inner_size = config.intermediate_size;
  const Value out = add_plain(layer, mlp, stream.norm(layer_norm("ln_2")));
  stream.add(layer.add(dropout("mlp.dropout", wide), {out}));
  stream.end();

  Frame around;
  around.table = "transformer.wte";
  around.norm_type = "LayerNorm";
  around.norm_kind = operation::Norm::Kind::Layer;
  around.norm = "transformer.ln_f";
  around.positions = "transformer.wpe";
  around.position_rows = config.count("n_positions", 1024);
  around.dropout = "transformer.drop";
  return frame(around, config, {layer.group(config.num_hidden_layers, "transformer.h")});
}

}  // namespace upmem_des
