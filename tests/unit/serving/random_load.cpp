#include "random_load.hpp"

#include <initializer_list>

namespace upmem_des {

SchedulerOptions random_options(std::mt19937_64& random) {
  SchedulerOptions options;
  const auto one_of = [&](std::initializer_list<std::int64_t> values) {
    return *(values.begin() + random() % values.size());
  };
  options.block_tokens = one_of({1, 2, 4, 16});
  options.kv_blocks = 80 / options.block_tokens + one_of({0, 2, 10, 40});
  options.max_num_batched_tokens = one_of({64, 70, 128});
  options.max_num_seqs = one_of({1, 2, 5, 16, 64});
  options.long_prefill_threshold = one_of({0, 0, 3, 20});
  options.prefix_caching = random() % 2;
  options.reserve_full_prompt = random() % 2;
  options.watermark = random() % 2 ? 0 : 0.05;
  options.async = random() % 2;
  options.pipeline_stages = one_of({1, 1, 2, 5});
  options.order_by_total = random() % 2;
  options.max_model_len = random() % 2 ? 0 : 64;
  options.chunked_prefill = random() % 3 > 0;
  // Chunks as small as can be.
  if (options.chunked_prefill && random() % 2)
    options.max_num_batched_tokens = options.max_num_seqs + one_of({0, 3, 10});
  options.reserve_max_len = options.max_model_len > 0 && random() % 2;
  options.batch_timeout_s = static_cast<double>(one_of({0, 5, 1000000}));
  return options;
}

SchedulerOptions with_drafts(SchedulerOptions options, std::mt19937_64& random) {
  options.async = false;
  options.pipeline_stages = 1;
  options.kv_blocks += 16 / options.block_tokens;
  options.draft_tokens = 1 + static_cast<std::int64_t>(random() % 8);
  options.lookahead_tokens = random() % 2 ? options.draft_tokens : 0;
  options.recomputes_last_hit = random() % 2;
  options.acceptance_seed = random();
  for (std::int64_t place = 0; place < options.draft_tokens; ++place) {
    const std::uint64_t kind = random() % 4;
    options.acceptance.push_back(kind == 0 ? 0 : kind == 1 ? 1 : static_cast<double>(random() % 1000) / 1000);
  }
  return options;
}

Request random_request(std::mt19937_64& random, std::int64_t id, std::int64_t longest, bool shared_content) {
  const auto below = [&](std::int64_t end) {
    return static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(end));
  };
  Request request;
  request.id = id;
  request.arrival_s = static_cast<double>(id / 3);
  request.prompt_tokens = 1 + below(longest - 1);
  request.output_tokens = 1 + below(longest - request.prompt_tokens);
  request.priority = below(3);
  if (shared_content)
    for (std::int64_t part = below(4); part > 0; --part) {
      const std::int64_t source = below(2);
      request.content.push_back({source, below(longest / 2)});
    }
  return request;
}

}  // namespace upmem_des
