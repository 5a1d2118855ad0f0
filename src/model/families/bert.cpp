#include "model/blocks/attention.hpp"
#include "model/blocks/feed_forward.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

/// An encoder: every token sees every other, nothing is cached; LayerNorms after both parts; tables of words, positions
/// and token types.
DecoderDescription describe_bert(const DecoderConfig& config) {
  const std::int64_t hidden = config.hidden_size;
  const Sizes wide = followed_by(token_rows(), hidden);
  const auto layer_norm = [&](const char* path, const std::vector<Value>& of, LayerBuilder& builder) {
    return builder.add(norm("LayerNorm", path, operation::Norm::Kind::Layer, token_rows(), hidden), of);
  };

  DecoderDescription description;
  description.has_encoder = true;
  LayerBuilder before;
  const auto table = [&](const char* name, std::int64_t rows) {
    return before.add(embedding("Embedding", name, token_rows(), rows, hidden), {previous_event});
  };
  const Value words = table("embeddings.word_embeddings", config.vocab_size);
  const Value types = table("embeddings.token_type_embeddings", config.count("type_vocab_size", 2));
  const Value positions = table("embeddings.position_embeddings", config.count("max_position_embeddings", 512));
  Value value = layer_norm("embeddings.LayerNorm", {words, types, positions}, before);
  before.add_to_hidden(before.add(dropout("embeddings.dropout", wide), {value}));
  description.prologue = before.calls(0);
  description.first_layer_id = before.modules();

  LayerBuilder layer;
  AttentionBlock attention;
  attention.path = "attention";
  attention.hidden_size = hidden;
  attention.heads = attention.cache_heads = config.num_attention_heads;
  attention.head_dim = config.head_dim;
  attention.query = "self.query";
  attention.key = "self.key";
  attention.value = "self.value";
  attention.output = "output.dense";
  set_biases(attention, true);
  attention.operation.causal = attention.operation.is_cached = false;
  attention.operation.mask = operation::Attention::Mask::Full;
  attention.key_rows = Size::Kind::NewTokens;
  value = add_attention(layer, attention, hidden_state);
  value = layer.add(dropout("attention.output.dropout", wide), {value});
  const Value attended = layer_norm("attention.output.LayerNorm", {value}, layer);
  PlainBlock mlp;
  mlp.first = "intermediate.dense";
  mlp.down = "output.dense";
  mlp.activation_path = "intermediate.intermediate_act_fn";
  mlp.activation = config.activation;
  mlp.hidden_size = hidden;
  mlp.inner_size = config.intermediate_size;
  value = add_plain(layer, mlp, attended);
  value = layer.add(dropout("output.dropout", wide), {value});
  layer.add_to_hidden(layer_norm("output.LayerNorm", {value}, layer));
  description.groups.push_back(layer.group(config.num_hidden_layers, "encoder.layer"));

  LayerBuilder after;
  const Sizes first{Size::Kind::Batch};
  LinearKind pooler;
  pooler.bias = true;
  const Value pooled = after.add(linear("pooler.dense", first, hidden, hidden, pooler), {hidden_state});
  after.add(activation("Tanh", "pooler.activation", operation::Pointwise::Function::Tanh, followed_by(first, hidden)),
            {pooled});
  const LayerGroup& group = description.groups.front();
  description.epilogue = after.calls(description.first_layer_id + group.layers * group.modules);
  return description;
}

}  // namespace upmem_des
