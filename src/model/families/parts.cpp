#include "model/families/parts.hpp"

#include <utility>

namespace upmem_des {

namespace {

constexpr Size::Kind batch = Size::Kind::Batch;
constexpr Size::Kind new_tokens = Size::Kind::NewTokens;
constexpr Size::Kind total_tokens = Size::Kind::TotalTokens;

std::vector<Size> followed_by(std::vector<Size> sizes, std::int64_t last) {
  sizes.emplace_back(last);
  return sizes;
}

Call layer(std::string_view type, std::string_view path, std::int64_t id) {
  Call call;
  call.kind = EventKind::Layer;
  call.type = Name(type);
  call.name = Name(path.substr(path.rfind('.') + 1));
  call.path = path;
  call.id = id;
  return call;
}

}  // namespace

Call linear(std::string_view path, std::int64_t id, const std::vector<Size>& rows, std::int64_t in, std::int64_t out) {
  Call call = layer("Linear", path, id);
  call.input = followed_by(rows, in);
  call.weight = Shape{in, out};
  call.output = followed_by(rows, out);
  return call;
}

Call same_shape_layer(std::string_view type, std::string_view path, std::int64_t id, const std::vector<Size>& shape,
                      const Shape& weight) {
  Call call = layer(type, path, id);
  call.input = shape;
  call.weight = weight;
  call.output = shape;
  return call;
}

Call rms_norm(std::string_view path, std::int64_t id, std::int64_t hidden_size) {
  return same_shape_layer("LlamaRMSNorm", path, id, {batch, new_tokens, hidden_size}, {hidden_size, hidden_size});
}

Call silu(std::string_view path, std::int64_t id, const std::vector<Size>& shape) {
  Call call = same_shape_layer("SiLUActivation", path, id, shape, {1, 1});
  call.name = Name("return");
  return call;
}

Call function(std::string_view type, std::string_view name, std::vector<Size> input, std::vector<Size> output) {
  Call call;
  call.kind = EventKind::Function;
  call.type = Name(type);
  call.name = Name(name);
  call.input = std::move(input);
  call.output = std::move(output);
  return call;
}

Call embedding(std::int64_t id, std::int64_t hidden_size) {
  Call call = layer("Embedding", "model.embed_tokens", id);
  call.input = {batch, new_tokens};
  call.weight = Shape{1, 1};
  call.output = {batch, new_tokens, hidden_size};
  return call;
}

Call language_model_head(std::int64_t id, const DecoderConfig& config) {
  return linear("lm_head", id, {batch, Size::Kind::LogitTokens}, config.hidden_size, config.vocab_size);
}

void add_attention(std::vector<Call>& calls, const DecoderConfig& config, const AttentionIds& ids) {
  const std::int64_t heads = config.num_attention_heads;
  const std::int64_t width = config.head_dim;
  const std::vector<Size> tokens = {batch, new_tokens};
  const std::vector<Size> query = {batch, heads, new_tokens, width};
  const std::vector<Size> key = {batch, heads, total_tokens, width};
  const std::vector<Size> scores = {batch, heads, new_tokens, total_tokens};

  calls.push_back(linear("self_attn.q_proj", ids.q, tokens, config.hidden_size, heads * width));
  calls.push_back(linear("self_attn.k_proj", ids.k, tokens, config.hidden_size, config.num_key_value_heads * width));
  calls.push_back(linear("self_attn.v_proj", ids.v, tokens, config.hidden_size, config.num_key_value_heads * width));
  const auto only_with = [&calls](Attention attention, Call call) {
    call.attention = attention;
    calls.push_back(std::move(call));
  };
  only_with(Attention::sdpa, function("scaled_dot_product_attention", "attn_output", key, query));
  only_with(Attention::eager, function("matmul", "attn_weights", query, scores));
  only_with(Attention::eager, function("softmax", "attn_weights", scores, scores));
  only_with(Attention::eager, function("matmul", "attn_output", scores, query));
  calls.push_back(linear("self_attn.o_proj", ids.o, tokens, heads * width, config.hidden_size));
}

DecoderDescription decoder_around(const LayerGroup& layers, const DecoderConfig& config, Rotary rotary) {
  // In construction order; the calls come in another one.
  ModuleIds ids;
  DecoderDescription description;
  description.vocab_size = config.vocab_size;
  description.prologue.push_back(embedding(ids.next(), config.hidden_size));
  description.first_layer_id = ids.next(layers.layers * layers.modules);
  description.groups.push_back(layers);
  description.epilogue.push_back(rms_norm("model.norm", ids.next(), config.hidden_size));
  if (rotary == Rotary::Modules)
    description.prologue.push_back(same_shape_layer("LlamaRotaryEmbedding", "model.rotary_emb", ids.next(),
                                                    {batch, new_tokens, config.hidden_size}, {1, 1}));
  description.epilogue.push_back(language_model_head(ids.next(), config));
  return description;
}

}  // namespace upmem_des
