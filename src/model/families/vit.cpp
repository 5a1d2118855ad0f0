#include "model/blocks/attention.hpp"
#include "model/blocks/feed_forward.hpp"
#include "model/blocks/residual_stream.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

/// An encoder of patches of a picture and one token for its class. How many tokens there are follows from the picture.
DecoderDescription describe_vit(const DecoderConfig& config) {
  const std::int64_t hidden = config.hidden_size;
  const std::int64_t picture = config.count("image_size", 224);
  const std::int64_t patch = config.count("patch_size", 16);
  const std::int64_t channels = config.count("num_channels", 3);
  const std::int64_t labels = config.head == Head::Score ? config.labels : config.count("num_labels", 2);
  const bool bias = config.truth("qkv_bias", true);
  if (patch > picture) config.fail("patch_size", "larger than the image_size; expected a part of it");
  const std::int64_t side = picture / patch;
  const std::int64_t tokens = side * side + 1;
  const Sizes rows{Size::Kind::Batch, tokens};
  const Sizes wide = followed_by(rows, hidden);

  DecoderDescription description;
  description.has_encoder = true;
  LayerBuilder before;
  operation::Convolution convolution;
  convolution.bias = true;
  const Value patches = before.add(
      layer("Conv2d", "vit.embeddings.patch_embeddings.projection", convolution,
            {Size::Kind::Batch, channels, picture, picture}, {patch, patch}, {Size::Kind::Batch, hidden, side, side}),
      {previous_event});
  // The class token and the positions are added, a row of each for every token.
  operation::Pointwise add{operation::Pointwise::Function::Binary};
  Call positions = function("add", "embeddings", add, wide, wide);
  positions.parameters = static_cast<double>(hidden + tokens * hidden);
  positions.learned_rows = static_cast<double>(hidden);  // the class token
  const Value placed = before.add(positions, {patches});
  before.add_to_hidden(before.add(dropout("vit.embeddings.dropout", wide), {placed}));
  description.prologue = before.calls(0);
  description.first_layer_id = before.modules();

  LayerBuilder layer_calls;
  AttentionBlock attention;
  attention.path = "attention";
  attention.hidden_size = hidden;
  attention.heads = attention.cache_heads = config.num_attention_heads;
  attention.head_dim = config.head_dim;
  attention.query = "attention.query";
  attention.key = "attention.key";
  attention.value = "attention.value";
  attention.output = "output.dense";
  attention.query_bias = attention.key_bias = attention.value_bias = bias;
  attention.output_bias = true;
  attention.operation.causal = attention.operation.is_cached = false;
  attention.operation.mask = operation::Attention::Mask::Full;
  attention.query_rows = attention.key_rows = tokens;
  ResidualStream stream(layer_calls, ResidualStream::Additions::Apart, hidden, rows);
  const auto norm_called = [&](const char* path) {
    return norm("LayerNorm", path, operation::Norm::Kind::Layer, rows, hidden);
  };
  stream.add(add_attention(layer_calls, attention, stream.norm(norm_called("layernorm_before"))));
  PlainBlock mlp;
  mlp.first = "intermediate.dense";
  mlp.down = "output.dense";
  mlp.activation_path = "intermediate.intermediate_act_fn";
  mlp.activation = config.activation;
  mlp.hidden_size = hidden;
  mlp.inner_size = config.intermediate_size;
  mlp.rows = rows;
  stream.add(add_plain(layer_calls, mlp, stream.norm(norm_called("layernorm_after"))));
  stream.end();
  description.groups.push_back(layer_calls.group(config.num_hidden_layers, "vit.encoder.layer"));

  LayerBuilder after;
  const Value normed = after.add(norm_called("vit.layernorm"), {hidden_state});
  LinearKind classifier;
  classifier.bias = true;
  classifier.is_head = true;
  classifier.format = operation::WeightFormat::OfActivations;
  if (config.head != Head::None) {
    after.add(linear("classifier", {Size::Kind::Batch}, hidden, labels, classifier), {normed});
  } else {
    LinearKind pooler;
    pooler.bias = true;
    const Sizes first{Size::Kind::Batch};
    const Value pooled = after.add(linear("pooler.dense", first, hidden, hidden, pooler), {normed});
    after.add(activation("Tanh", "pooler.activation", operation::Pointwise::Function::Tanh, followed_by(first, hidden)),
              {pooled});
  }
  const LayerGroup& group = description.groups.front();
  description.epilogue = after.calls(description.first_layer_id + group.layers * group.modules);
  return description;
}

}  // namespace upmem_des
