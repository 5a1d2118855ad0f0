#include "profiler/decoder/decoder_model.hpp"

#include <algorithm>

#include "util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des::profiler {

namespace {

void check(const DecoderConfig& config) {
  const std::vector<std::string>& families = DecoderModel::runnable_families();
  if (std::find(families.begin(), families.end(), config.model_type) == families.end())
    throw InputError({config.source}, "model_type",
                     "'" + config.model_type + "' can be simulated, but not run; expected one of " + listed(families));
  if (config.head_dim % 2 != 0)
    throw InputError({config.source}, "head_dim",
                     std::to_string(config.head_dim) + "; expected an even number, for rotary embeddings");
}

/// What must be known before the first weight is read.
const DecoderConfig& checked(const DecoderConfig& config) {
  check(config);
  return config;
}

std::vector<DecoderLayer> layers(ModelBuilder& builder) {
  std::vector<DecoderLayer> made;
  for (std::int64_t layer = 0; layer < builder.config().num_hidden_layers; ++layer)
    made.emplace_back(builder, "model.layers." + std::to_string(layer), layer);
  return made;
}

std::optional<LayerInfo> rotary_layer(ModelBuilder& builder) {
  if (builder.config().model_type != "llama") return std::nullopt;
  return builder.layer("LlamaRotaryEmbedding", "model.rotary_emb");
}

Linear language_model_head(ModelBuilder& builder, const Embedding& embedding) {
  if (builder.numerics().tie_word_embeddings) return {builder, "lm_head", embedding.weight()};
  return {builder, "lm_head", builder.config().hidden_size, builder.config().vocab_size};
}

}  // namespace

const std::vector<std::string>& DecoderModel::runnable_families() {
  static const std::vector<std::string> names = {"llama", "mistral", "mixtral"};
  return names;
}

/// Members take their turns at one builder.
DecoderModel::DecoderModel(const DecoderConfig& config, const DecoderNumerics& numerics, const DecoderOptions& options,
                           WeightSource& weights)
    : DecoderModel(ModelBuilder(checked(config), numerics, options, weights)) {}

DecoderModel::DecoderModel(ModelBuilder builder)
    : config_(builder.config()),
      options_(builder.options()),
      rotary_(builder.numerics(), config_.head_dim),
      embed_tokens_(builder, "model.embed_tokens"),
      layers_(layers(builder)),
      norm_(builder, "model.norm"),
      rotary_emb_(rotary_layer(builder)),
      lm_head_(language_model_head(builder, embed_tokens_)) {}

KvCache DecoderModel::cache(std::int64_t batch, std::int64_t tokens) const {
  return {config_, batch, tokens, embed_tokens_.weight()};
}

torch::Tensor DecoderModel::forward(const torch::Tensor& ids, KvCache& cache) const {
  ForwardPass pass;
  pass.batch = ids.size(0);
  pass.tokens = ids.size(1);
  pass.first_position = cache.length();
  pass.cache = &cache;
  torch::Tensor hidden = embed_tokens_.forward(ids);

  std::optional<LayerCall> rotary_call;
  if (rotary_emb_) rotary_call.emplace(*rotary_emb_, hidden.sizes());
  pass.angles = rotary_.angles(pass.first_position, pass.tokens, hidden);
  if (rotary_call) rotary_call->done(hidden.sizes());

  const std::int64_t total = pass.first_position + pass.tokens;
  const std::int64_t window = config_.model_type == "mistral" ? config_.sliding_window.value_or(0) : 0;
  // The meta device computes no shapes of attention that is causal without a mask.
  pass.causal =
      options_.attention == Attention::sdpa && pass.tokens > 1 && (window == 0 || total <= window) && !hidden.is_meta();
  if (!pass.causal) pass.mask = attention_mask(pass.tokens, total, window, hidden);

  for (const DecoderLayer& layer : layers_) hidden = layer.forward(hidden, pass);
  cache.advance(pass.tokens);
  hidden = norm_.forward(hidden);
  if (options_.logits == Logits::last) hidden = hidden.narrow(1, pass.tokens - 1, 1);
  return lm_head_.forward(hidden);
}

}  // namespace upmem_des::profiler
