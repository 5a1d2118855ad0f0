#include "profiler/decoder/decoder_model.hpp"

#include <algorithm>

#include "upmem_des/util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des::profiler {

namespace {

DecoderParts parts_of(const DecoderConfig& config, const DecoderNumerics& numerics, const DecoderOptions& options,
                      WeightSource& weights) {
  const RunnableFamily family = runnable_family(config.model_type);
  if (family == nullptr)
    throw InputError(
        {config.source}, "model_type",
        "'" + config.model_type + "' can be simulated, but not run; expected one of " + listed(runnable_families()));
  if (config.head != Head::LanguageModel)
    config.fail("architectures",
                "a model without logits of words can be simulated, but not run; expected one that "
                "ends in ForCausalLM");
  ModelBuilder builder(config, numerics, options, weights);
  return family(builder);
}

}  // namespace

DecoderModel::DecoderModel(const DecoderConfig& config, const DecoderNumerics& numerics, const DecoderOptions& options,
                           WeightSource& weights)
    : options_(options), parts_(parts_of(config, numerics, options, weights)) {
  for (const DecoderLayer& layer : parts_.layers) {
    const std::int64_t window = layer.mixer().window();
    if (std::find(windows_.begin(), windows_.end(), window) == windows_.end()) windows_.push_back(window);
  }
}

KvCache DecoderModel::cache(std::int64_t batch, std::int64_t tokens) const {
  std::vector<CacheRow> rows;
  for (const DecoderLayer& layer : parts_.layers) rows.push_back(layer.mixer().cache_row());
  return {rows, batch, tokens, parts_.tables->words()};
}

double DecoderModel::cache_elements() const {
  double elements = 0;
  for (const DecoderLayer& layer : parts_.layers) elements += static_cast<double>(layer.mixer().cache_row().elements());
  return elements;
}

double DecoderModel::expanded_elements() const {
  double elements = 0;
  for (const DecoderLayer& layer : parts_.layers)
    elements = std::max(elements, static_cast<double>(layer.mixer().expanded_elements()));
  return elements;
}

AttentionView DecoderModel::view(std::int64_t window, const ForwardPass& pass, const torch::Tensor& hidden) const {
  const std::int64_t total = pass.first_position + pass.tokens;
  AttentionView view;
  view.window = window;
  // The meta device computes no shapes of attention that is causal without a mask.
  view.causal =
      options_.attention == Attention::sdpa && pass.tokens > 1 && (window == 0 || total <= window) && !hidden.is_meta();
  if (!view.causal) view.mask = attention_mask(pass.tokens, total, window, hidden);
  return view;
}

torch::Tensor DecoderModel::forward(const torch::Tensor& ids, KvCache& cache) const {
  ForwardPass pass;
  pass.batch = ids.size(0);
  pass.tokens = ids.size(1);
  pass.first_position = cache.length();
  pass.cache = &cache;
  torch::Tensor hidden = parts_.tables->forward(ids, pass.first_position);
  for (const RotaryTables& rotary : parts_.rotary) pass.angles.push_back(rotary.angles(hidden, pass.first_position));
  for (const std::int64_t window : windows_) pass.views.push_back(view(window, pass, hidden));

  for (const DecoderLayer& layer : parts_.layers) hidden = layer.forward(hidden, pass);
  cache.advance(pass.tokens);
  hidden = parts_.norm->forward(hidden);
  if (options_.logits == Logits::last) hidden = hidden.narrow(1, pass.tokens - 1, 1);
  return parts_.head->forward(hidden);
}

}  // namespace upmem_des::profiler
