#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "law_check.hpp"
#include "serving/scheduler_registry.hpp"

namespace upmem_des {
namespace {

/// A small server, in which blocks are short.
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
  options.order_by_total = random() % 2;
  options.max_model_len = random() % 2 ? 0 : 64;
  options.chunked_prefill = random() % 3 > 0;
  options.reserve_max_len = options.max_model_len > 0 && random() % 2;
  options.batch_timeout_s = static_cast<double>(one_of({0, 5, 1000000}));
  return options;
}

class SchedulerLaws : public ::testing::TestWithParam<std::string> {};

TEST_P(SchedulerLaws, HoldOnRandomLoads) {
  std::int64_t preemptions = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    const SchedulerOptions options = random_options(random);
    const std::unique_ptr<Scheduler> scheduler = make_scheduler(GetParam(), options);
    LawCheck::Load load;
    load.shared_content = random() % 2;
    load.remote = random() % 2;
    load.arrivals_per_step = random() % 2 ? 0.1 : 0.9;
    LawCheck check(*scheduler, options, GetParam() != "orca" && GetParam() != "static", seed);
    check.serve(load);
    preemptions += check.preemptions();
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  if (GetParam() == "orca" || GetParam() == "static")
    EXPECT_EQ(preemptions, 0);
  else
    EXPECT_GT(preemptions, 300);
}

INSTANTIATE_TEST_SUITE_P(Of, SchedulerLaws,
                         ::testing::Values("vllm_v1", "vllm_v0", "sarathi", "orca", "static", "priority",
                                           "shortest_first"),
                         [](const auto& named) { return named.param; });

}  // namespace
}  // namespace upmem_des
