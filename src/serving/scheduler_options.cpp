#include "upmem_des/serving/scheduler_options.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t most_stages = 4096;

void at_least(std::int64_t least, const char* key, std::int64_t value) {
  if (value < least)
    throw InputError({}, key, "is " + std::to_string(value) + "; expected at least " + std::to_string(least));
}

void check_drafts(const SchedulerOptions& options) {
  at_least(0, "draft_tokens", options.draft_tokens);
  at_least(0, "lookahead_tokens", options.lookahead_tokens);
  for (const auto& [key, value] :
       {std::pair("draft_tokens", options.draft_tokens), std::pair("lookahead_tokens", options.lookahead_tokens)})
    if (value > most_draft_tokens)
      throw InputError({}, key,
                       "is " + std::to_string(value) + "; expected at most " + std::to_string(most_draft_tokens));
  if (options.draft_tokens == 0 && options.lookahead_tokens > 0)
    throw InputError({}, "lookahead_tokens",
                     "is " + std::to_string(options.lookahead_tokens) + " without draft_tokens; expected 0");
  if (options.draft_tokens > 0 && options.steps_in_flight() > 1)
    throw InputError({}, "draft_tokens",
                     "with several steps under way, but a step verifies what was drafted after the one before; "
                     "expected async: false and one stage");
  if (static_cast<std::int64_t>(options.acceptance.size()) != options.draft_tokens)
    throw InputError({}, "acceptance",
                     "has " + std::to_string(options.acceptance.size()) + " probabilities; expected one for each of " +
                         std::to_string(options.draft_tokens) + " drafts");
  for (const double probability : options.acceptance)
    if (!(probability >= 0 && probability <= 1))
      throw InputError({}, "acceptance", "is " + number_text(probability) + "; expected 0 to 1");
}

}  // namespace

std::int64_t SchedulerOptions::longest() const {
  return max_model_len > 0 ? max_model_len : std::numeric_limits<std::int64_t>::max() / 4;
}

int SchedulerOptions::steps_in_flight() const {
  return static_cast<int>(std::max<std::int64_t>(pipeline_stages, async ? 2 : 1));
}

std::int64_t SchedulerOptions::watermark_blocks() const {
  return static_cast<std::int64_t>(std::floor(watermark * static_cast<double>(kv_blocks + 1)));
}

SchedulerOptions synchronous(SchedulerOptions options) {
  options.async = false;
  options.pipeline_stages = 1;
  return options;
}

void check(const SchedulerOptions& options) {
  at_least(1, "kv_blocks", options.kv_blocks);
  at_least(1, "block_tokens", options.block_tokens);
  at_least(1, "max_num_batched_tokens", options.max_num_batched_tokens);
  at_least(1, "max_num_seqs", options.max_num_seqs);
  at_least(0, "max_model_len", options.max_model_len);
  at_least(0, "long_prefill_threshold", options.long_prefill_threshold);
  at_least(0, "tier_blocks", options.tier_blocks);
  at_least(1, "pipeline_stages", options.pipeline_stages);
  if (options.pipeline_stages > most_stages)
    throw InputError(
        {}, "pipeline_stages",
        "is " + std::to_string(options.pipeline_stages) + "; expected at most " + std::to_string(most_stages));
  if (!(options.watermark >= 0 && options.watermark < 1))
    throw InputError({}, "watermark", "is " + number_text(options.watermark) + "; expected 0 up to, but not, 1");
  if (!(options.batch_timeout_s >= 0))
    throw InputError({}, "batch_timeout_s", "is " + number_text(options.batch_timeout_s) + "; expected at least 0");
  const std::string budget = "is " + std::to_string(options.max_num_batched_tokens);
  if (options.max_num_batched_tokens < options.max_num_seqs)
    throw InputError({}, "max_num_batched_tokens",
                     budget + "; expected at least max_num_seqs, " + std::to_string(options.max_num_seqs));
  if (!options.chunked_prefill && options.max_model_len > options.max_num_batched_tokens)
    throw InputError({}, "max_num_batched_tokens",
                     budget + "; without chunked_prefill, expected at least max_model_len, " +
                         std::to_string(options.max_model_len));
  check_drafts(options);
}

}  // namespace upmem_des
