#include "serving/scheduler_options.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t most_stages = 4096;

void at_least(std::int64_t least, const char* key, std::int64_t value) {
  if (value < least)
    throw InputError({}, key, "is " + std::to_string(value) + "; expected at least " + std::to_string(least));
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
}

}  // namespace upmem_des
