#include "model/blocks/attention.hpp"
#include "model/blocks/feed_forward.hpp"
#include "model/blocks/frame.hpp"
#include "model/blocks/residual_stream.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

/// One projection for query, key and value; the MLP beside attention, not after it, but in the oldest models.
DecoderDescription describe_falcon(const DecoderConfig& config) {
  const std::int64_t hidden = config.hidden_size;
  const bool is_new = config.truth("new_decoder_architecture", false);
  const bool parallel = is_new || config.truth("parallel_attn", true);
  const bool multi_query = config.truth("multi_query", true);
  const bool bias = config.truth("bias", false);
  const std::int64_t two_norms = is_new ? config.count("num_ln_in_parallel_attn", 2) : 1;
  const auto layer_norm = [&](const char* path) {
    return norm("LayerNorm", path, operation::Norm::Kind::Layer, token_rows(), hidden);
  };
  LayerBuilder layer;
  ResidualStream stream(layer, ResidualStream::Additions::Apart, hidden);
  Value for_attention = 0, for_mlp = 0;
  if (is_new && two_norms == 2) {
    for_attention = stream.norm(layer_norm("ln_attn"));
    for_mlp = stream.norm(layer_norm("ln_mlp"));
  } else {
    for_attention = for_mlp = stream.norm(layer_norm("input_layernorm"));
  }
  AttentionBlock attention;
  attention.path = "self_attention";
  attention.linear_type = "FalconLinear";
  attention.hidden_size = hidden;
  attention.heads = config.num_attention_heads;
  attention.cache_heads = is_new ? config.num_key_value_heads : multi_query ? 1 : config.num_attention_heads;
  attention.head_dim = config.head_dim;
  attention.fused = "query_key_value";
  attention.output = "dense";
  if (!config.truth("alibi", false)) attention.rotary_width = config.head_dim;
  attention.query_bias = attention.output_bias = bias;
  const Value attended = add_attention(layer, attention, for_attention);
  if (!parallel) {
    stream.add(attended);
    for_mlp = stream.norm(layer_norm("post_attention_layernorm"));
  }
  PlainBlock mlp;
  mlp.first = "mlp.dense_h_to_4h";
  mlp.down = "mlp.dense_4h_to_h";
  mlp.activation_path = "mlp.act";
  mlp.linear_type = "FalconLinear";
  mlp.activation = config.activation;
  mlp.hidden_size = hidden;
  mlp.inner_size = config.intermediate_size;
  mlp.bias = bias;
  const Value out = add_plain(layer, mlp, for_mlp);
  if (parallel)
    stream.add_both(attended, out);
  else
    stream.add(out);
  stream.end();

  Frame around;
  around.table = "transformer.word_embeddings";
  around.norm_type = "LayerNorm";
  around.norm_kind = operation::Norm::Kind::Layer;
  around.norm = "transformer.ln_f";
  if (!config.truth("alibi", false)) around.rotary_type = "FalconRotaryEmbedding";
  around.rotary = "transformer.rotary_emb";
  around.rotary_width = config.head_dim;
  return frame(around, config, {layer.group(config.num_hidden_layers, "transformer.h")});
}

}  // namespace upmem_des
