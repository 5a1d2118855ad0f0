#include "profiler/decoder/token_sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "profiler/recorder.hpp"
#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des::profiler {

namespace {

constexpr double two_to_53 = 9007199254740992.0;
constexpr double nothing = -std::numeric_limits<double>::infinity();

}  // namespace

TokenSampler::TokenSampler(const SamplingOptions& options, std::uint64_t seed) : options_(options), random_(seed) {
  if (!(options.temperature >= least_temperature && options.temperature <= highest_temperature))
    throw InputError({}, "temperature",
                     number_text(options.temperature) + "; expected a number from " + number_text(least_temperature) +
                         " to " + number_text(highest_temperature));
  if (options.top_k < 0)
    throw InputError({}, "top_k", std::to_string(options.top_k) + "; expected 0 for all tokens, or 1 or more");
  if (!(options.top_p > 0 && options.top_p <= 1))
    throw InputError({}, "top_p", number_text(options.top_p) + "; expected a number above 0 and at most 1");
}

std::vector<std::int64_t> TokenSampler::next(const torch::Tensor& logits) {
  static const Name softmax("softmax");
  static const Name probs("probs");
  std::vector<std::int64_t> tokens(static_cast<std::size_t>(logits.size(0)), 0);
  if (!options_) {
    if (logits.is_meta()) return tokens;
    const torch::Tensor best = logits.argmax(-1);
    for (std::int64_t row = 0; row < best.size(0); ++row)
      tokens[static_cast<std::size_t>(row)] = best[row].item<std::int64_t>();
    return tokens;
  }
  const torch::Tensor kept = logits.is_meta() ? logits : filtered(logits);
  FunctionCall call(softmax, probs, kept.sizes());
  const torch::Tensor probabilities = torch::softmax(kept, -1);
  call.done(probabilities.sizes());
  if (logits.is_meta()) return tokens;
  for (std::size_t row = 0; row < tokens.size(); ++row)
    tokens[row] = draw(probabilities[static_cast<std::int64_t>(row)]);
  return tokens;
}

torch::Tensor TokenSampler::filtered(torch::Tensor logits) const {
  // Relative to the largest, so that a small temperature does not overflow.
  logits = (logits - logits.amax(-1, /*keepdim=*/true)) / options_->temperature;
  if (options_->top_k > 0 && options_->top_k < logits.size(-1)) {
    const torch::Tensor least = std::get<0>(logits.topk(options_->top_k, -1)).narrow(-1, options_->top_k - 1, 1);
    logits = logits.masked_fill(logits < least, nothing);
  }
  if (options_->top_p < 1) {
    const auto [sorted, order] = logits.sort(-1, /*descending=*/true);
    const torch::Tensor likely = torch::softmax(sorted, -1);
    const torch::Tensor before = likely.cumsum(-1) - likely;
    logits = logits.scatter(-1, order, sorted.masked_fill(before >= options_->top_p, nothing));
  }
  return logits;
}

/// Inverts the cumulative distribution, in double: the same draw on every machine that gives the same probabilities.
std::int64_t TokenSampler::draw(const torch::Tensor& probabilities) {
  const double uniform = static_cast<double>(random_() >> 11U) / two_to_53;
  const torch::Tensor cumulative = probabilities.to(torch::kFloat64).cumsum(-1);
  const double at = uniform * cumulative[-1].item<double>();
  const std::int64_t token =
      torch::searchsorted(cumulative, at, /*out_int32=*/false, /*right=*/true).item<std::int64_t>();
  return std::min(token, probabilities.size(0) - 1);
}

}  // namespace upmem_des::profiler
