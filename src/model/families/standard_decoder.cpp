#include "model/families/standard_decoder.hpp"

#include <tuple>
#include <vector>

namespace upmem_des {

StandardDecoder::StandardDecoder(const DecoderConfig& of, const std::string& prefix)
    : config(of), norm_type(prefix + "RMSNorm") {
  around.norm_type = norm_type;
  around.rotary_type = prefix + "RotaryEmbedding";
  around.rotary_width = config.head_dim;
  attention.hidden_size = config.hidden_size;
  attention.heads = config.num_attention_heads;
  attention.cache_heads = config.num_key_value_heads;
  attention.head_dim = config.head_dim;
  attention.norm_type = norm_type;
  feed_forward.hidden_size = config.hidden_size;
  feed_forward.inner_size = config.intermediate_size;
  feed_forward.activation = config.activation;
  experts.expert = feed_forward;
  experts.count = config.num_local_experts;
  experts.chosen = config.num_experts_per_tok;
}

Call StandardDecoder::norm_called(const char* name) const {
  return norm(norm_type, name, operation::Norm::Kind::Rms, token_rows(), config.hidden_size);
}

Value StandardDecoder::add_mixer(LayerBuilder& builder, std::int64_t number, Value input) const {
  if (has_other_mixer(number)) return other_mixer(builder, input);
  AttentionBlock block = attention;
  block.rotary_width = around.rotary_width;
  const LayerMask seen = mask(number);
  block.operation.mask = seen.mask;
  const bool follows_run = seen.mask == operation::Attention::Mask::Run;
  block.operation.window = follows_run ? config.sliding_window.value_or(0) : seen.window;
  vary(number, block);
  return add_attention(builder, block, input);
}

LayerGroup StandardDecoder::layer(std::int64_t number, std::int64_t layers) const {
  using Additions = ResidualStream::Additions;
  LayerBuilder builder;
  const bool before = norms != Norms::After;
  ResidualStream stream(builder, before ? Additions::InNorms : Additions::Apart, config.hidden_size);
  const Sizes hidden = followed_by(token_rows(), config.hidden_size);

  Value value = add_mixer(builder, number, before ? stream.norm(norm_called("input_layernorm")) : stream.value());
  if (!dropout_after_attention.empty()) value = builder.add(dropout(dropout_after_attention, hidden), {value});
  if (norms != Norms::Before) value = builder.add(norm_called("post_attention_layernorm"), {value});
  stream.add(value);
  if (norms == Norms::Before) value = stream.norm(norm_called("post_attention_layernorm"));
  if (norms == Norms::Both) value = stream.norm(norm_called("pre_feedforward_layernorm"));
  if (norms == Norms::After) value = stream.value();

  if (has_experts(number)) {
    add_experts(builder, experts, value);
  } else {
    value = add_gated(builder, feed_forward, {value});
    if (!dropout_after_feed_forward.empty()) value = builder.add(dropout(dropout_after_feed_forward, hidden), {value});
    if (norms != Norms::Before) value = builder.add(norm_called("post_feedforward_layernorm"), {value});
    stream.add(value);
  }
  stream.end();
  return builder.group(layers, around.layers);
}

DecoderDescription StandardDecoder::describe() const {
  const auto kind = [&](std::int64_t number) {
    const LayerMask seen = mask(number);
    return std::make_tuple(seen.mask, seen.window, has_experts(number), has_other_mixer(number), variant(number));
  };
  return frame(around, config, grouped(config.num_hidden_layers, kind, [&](std::int64_t first, std::int64_t layers) {
                 return layer(first, layers);
               }));
}

std::function<LayerMask(std::int64_t)> masks_by_layer_types(const DecoderConfig& config) {
  using Mask = operation::Attention::Mask;
  if (config.layer_types.empty()) return [](std::int64_t) { return LayerMask(); };
  std::vector<LayerMask> masks;
  for (const std::string& type : config.layer_types) {
    LayerMask seen{Mask::Full, 0};
    if (type == "sliding_attention" && config.sliding_window) seen = {Mask::Window, *config.sliding_window};
    if (type == "chunked_attention") seen = {Mask::Chunk, config.count("attention_chunk_size", 8192)};
    masks.push_back(seen);
  }
  return [masks](std::int64_t number) { return masks[static_cast<std::size_t>(number)]; };
}

std::function<LayerMask(std::int64_t)> masks_by_max_window_layers(const DecoderConfig& config) {
  using Mask = operation::Attention::Mask;
  if (!config.layer_types.empty() || !config.sliding_window) return masks_by_layer_types(config);
  const std::int64_t first = config.whole("max_window_layers", 28);
  const LayerMask windowed{Mask::Window, *config.sliding_window};
  return [first, windowed](std::int64_t number) { return number < first ? LayerMask{Mask::Full, 0} : windowed; };
}

}  // namespace upmem_des
