#include "model/blocks/attention.hpp"
#include "model/blocks/feed_forward.hpp"
#include "model/blocks/residual_stream.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

namespace {

struct Sides {
  std::int64_t hidden = 0;
  ActivationKind activation;
};

Call layer_norm(const Sides& sides, const std::string& path, const Sizes& rows) {
  return norm("LayerNorm", path, operation::Norm::Kind::Layer, rows, sides.hidden);
}

AttentionBlock attention_of(const Sides& sides, const std::string& path, std::int64_t heads) {
  AttentionBlock block;
  block.path = path;
  block.hidden_size = sides.hidden;
  block.heads = block.cache_heads = heads;
  block.head_dim = sides.hidden / heads;
  block.output = "out_proj";
  block.query_bias = block.value_bias = block.output_bias = true;
  block.operation.mask = operation::Attention::Mask::Full;
  return block;
}

void add_feed_forward(LayerBuilder& builder, ResidualStream& stream, const Sides& sides, std::int64_t inner,
                      const Sizes& rows) {
  PlainBlock block;
  block.first = "fc1";
  block.down = "fc2";
  block.activation = sides.activation;
  block.activation_path = "activation_fn";
  block.hidden_size = sides.hidden;
  block.inner_size = inner;
  block.rows = rows;
  stream.add(add_plain(builder, block, stream.norm(layer_norm(sides, "final_layer_norm", rows))));
}

/// A convolution along the sequence, as a picture of one row.
Call convolution(const char* path, std::int64_t from, std::int64_t to, std::int64_t frames, std::int64_t stride) {
  operation::Convolution kind;
  kind.bias = true;
  return layer("Conv1d", path, kind, {Size::Kind::Batch, from, 1, frames}, {1, 3},
               {Size::Kind::Batch, to, 1, frames / stride});
}

}  // namespace

/// An encoder of sound, which runs once, and a decoder that attends to what it gave besides its own tokens.
DecoderDescription describe_whisper(const DecoderConfig& config) {
  const Sides sides{config.hidden_size, config.activation};
  const std::int64_t hidden = config.hidden_size;
  const std::int64_t bins = config.count("num_mel_bins", 80);
  const std::int64_t frames = config.count("max_source_positions", 1500);
  const std::int64_t target = config.count("max_target_positions", 448);
  const std::int64_t encoder_heads = config.count("encoder_attention_heads", config.num_attention_heads);
  if (hidden % encoder_heads != 0) config.fail("encoder_attention_heads", "no divisor of d_model; expected one");
  const Sizes sound{Size::Kind::Batch, frames};
  const Operation gelu = operation::Pointwise{operation::Pointwise::Function::GeluErf};

  DecoderDescription description;
  description.has_encoder = true;
  description.vocab_size = config.vocab_size;
  // The stem of the encoder is the first layer of the stream, so that it is called in prefill only.
  LayerBuilder stem;
  const Sizes wide{Size::Kind::Batch, hidden, 1, frames};
  Value value = stem.add(convolution("conv1", bins, hidden, 2 * frames, 1), {previous_event});
  const Sizes twice{Size::Kind::Batch, hidden, 1, 2 * frames};
  value = stem.add(function("gelu", "inputs_embeds", gelu, twice, twice), {value});
  value = stem.add(convolution("conv2", hidden, hidden, 2 * frames, 2), {value});
  value = stem.add(function("gelu", "inputs_embeds", gelu, wide, wide), {value});
  Call positions = function("add", "hidden_states", operation::Pointwise{operation::Pointwise::Function::Binary},
                            followed_by(sound, hidden), followed_by(sound, hidden));
  positions.parameters = static_cast<double>(frames * hidden);
  stem.add_to_hidden(stem.add(positions, {value}));
  LayerGroup stem_group = stem.group(1, "model.encoder");
  stem_group.phase = Phase::Prefill;
  stem_group.is_numbered = false;
  description.groups.push_back(stem_group);

  LayerBuilder encoder;
  AttentionBlock block = attention_of(sides, "self_attn", encoder_heads);
  block.operation.causal = block.operation.is_cached = false;
  block.query_rows = block.key_rows = frames;
  ResidualStream heard(encoder, ResidualStream::Additions::Apart, hidden, sound);
  heard.add(add_attention(encoder, block, heard.norm(layer_norm(sides, "self_attn_layer_norm", sound))));
  add_feed_forward(encoder, heard, sides, config.count("encoder_ffn_dim", 4 * hidden), sound);
  heard.end();
  LayerGroup encoder_group =
      encoder.group(config.count("encoder_layers", config.num_hidden_layers), "model.encoder.layers");
  encoder_group.phase = Phase::Prefill;
  description.groups.push_back(encoder_group);

  LayerBuilder between;
  between.add_to_hidden(between.add(layer_norm(sides, "layer_norm", sound), {hidden_state}));
  LayerGroup between_group = between.group(1, "model.encoder");
  between_group.phase = Phase::Prefill;
  between_group.is_numbered = false;
  description.groups.push_back(between_group);

  LayerBuilder tables;
  value = tables.add(embedding("Embedding", "embed_tokens", token_rows(), config.vocab_size, hidden, config.is_tied),
                     {previous_event});
  const Value places =
      tables.add(embedding("WhisperPositionalEmbedding", "embed_positions", token_rows(), target, hidden), {value});
  tables.add_to_hidden(places);
  LayerGroup tables_group = tables.group(1, "model.decoder");
  tables_group.is_numbered = false;
  description.groups.push_back(tables_group);

  LayerBuilder decoder;
  const Sizes& rows = token_rows();
  AttentionBlock own = attention_of(sides, "self_attn", config.num_attention_heads);
  ResidualStream stream(decoder, ResidualStream::Additions::Apart, hidden);
  stream.add(add_attention(decoder, own, stream.norm(layer_norm(sides, "self_attn_layer_norm", rows))));
  AttentionBlock cross = attention_of(sides, "encoder_attn", config.num_attention_heads);
  cross.operation.causal = false;
  cross.operation.is_cross = true;
  cross.key_rows = frames;
  cross.memory_rows = Sizes{Size::Kind::Batch, frames};
  stream.add(add_attention(decoder, cross, stream.norm(layer_norm(sides, "encoder_attn_layer_norm", rows))));
  add_feed_forward(decoder, stream, sides, config.intermediate_size, rows);
  stream.end();
  description.groups.push_back(decoder.group(config.num_hidden_layers, "model.decoder.layers"));

  LayerBuilder after;
  value = after.add(layer_norm(sides, "model.decoder.layer_norm", rows), {hidden_state});
  if (config.head == Head::LanguageModel) {
    LinearKind head;
    head.is_head = true;
    head.is_tied = config.is_tied;
    head.format = operation::WeightFormat::OfActivations;
    after.add(linear("proj_out", {Size::Kind::Batch, Size::Kind::LogitTokens}, hidden, config.vocab_size, head),
              {value});
  }
  std::int64_t modules = 0;
  for (const LayerGroup& group : description.groups) modules += group.layers * group.modules;
  description.epilogue = after.calls(modules);
  return description;
}

}  // namespace upmem_des
