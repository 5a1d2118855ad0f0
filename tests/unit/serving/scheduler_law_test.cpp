#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "law_check.hpp"
#include "random_load.hpp"
#include "upmem_des/serving/kv_tier.hpp"
#include "upmem_des/serving/scheduler_registry.hpp"

namespace upmem_des {
namespace {

class SchedulerLaws : public ::testing::TestWithParam<std::string> {};

TEST_P(SchedulerLaws, HoldOnRandomLoads) {
  std::int64_t preemptions = 0;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    std::mt19937_64 random(seed);
    SchedulerOptions options = random_options(random);
    // Prompts are whole in it.
    if (GetParam() == "vllm_v0") options.max_num_batched_tokens = 64;
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

TEST(DraftLaws, HoldOnRandomLoads) {
  for (const char* name : {"vllm_v1", "priority", "shortest_first"}) {
    std::int64_t preemptions = 0, accepted = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
      std::mt19937_64 random(seed);
      const SchedulerOptions options = with_drafts(random_options(random), random);
      const std::unique_ptr<Scheduler> scheduler = make_scheduler(name, options);
      LawCheck::Load load;
      load.shared_content = random() % 2;
      load.arrivals_per_step = random() % 2 ? 0.1 : 0.9;
      LawCheck check(*scheduler, options, true, seed);
      check.serve(load);
      preemptions += check.preemptions();
      accepted += scheduler->counts().accepted_tokens;
      ASSERT_FALSE(HasFailure()) << name << ", seed " << seed;
    }
    EXPECT_GT(preemptions, 300) << name;
    EXPECT_GT(accepted, 30000) << name;
  }
}

class TierLaws : public ::testing::TestWithParam<std::string> {};

TEST_P(TierLaws, HoldOnRandomLoads) {
  std::int64_t tier_hits = 0, evicted = 0, preemptions = 0, of_drafts = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    std::mt19937_64 random(seed);
    SchedulerOptions options = random_options(random);
    if (GetParam() == "vllm_v0") options.max_num_batched_tokens = 64;
    const bool has_drafts = seed % 3 == 0 && GetParam() != "vllm_v0" && GetParam() != "sarathi";
    if (has_drafts) options = with_drafts(options, random);
    options.prefix_caching = true;
    options.tier_blocks = random() % 2 ? 1 + static_cast<std::int64_t>(random() % 20) : 1000;
    options.tier_takes_evicted = random() % 2;
    const std::unique_ptr<Scheduler> scheduler = make_scheduler(GetParam(), options);
    LawCheck::Load load;
    load.shared_content = true;
    load.arrivals_per_step = random() % 2 ? 0.1 : 0.9;
    LawCheck check(*scheduler, options, true, seed);
    check.serve(load);
    tier_hits += scheduler->counts().tier_hit_tokens;
    if (has_drafts) of_drafts += scheduler->counts().tier_hit_tokens;
    evicted += scheduler->tier()->evicted();
    preemptions += check.preemptions();
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
  EXPECT_GT(tier_hits, 1000);
  EXPECT_EQ(of_drafts > 300, GetParam() != "vllm_v0" && GetParam() != "sarathi");
  EXPECT_GT(evicted, 1000);
  EXPECT_GT(preemptions, 100);
}

TEST(Tier, WhoKeepsNoPrefixesHasNoTier) {
  SchedulerOptions options;
  options.kv_blocks = 10;
  options.tier_blocks = 10;
  for (const char* name : {"orca", "static"}) EXPECT_EQ(make_scheduler(name, options)->tier(), nullptr);
  options.prefix_caching = false;
  EXPECT_EQ(make_scheduler("vllm_v1", options)->tier(), nullptr);
}

INSTANTIATE_TEST_SUITE_P(With, TierLaws,
                         ::testing::Values("vllm_v1", "vllm_v0", "sarathi", "priority", "shortest_first"),
                         [](const auto& named) { return named.param; });

INSTANTIATE_TEST_SUITE_P(Of, SchedulerLaws,
                         ::testing::Values("vllm_v1", "vllm_v0", "sarathi", "orca", "static", "priority",
                                           "shortest_first"),
                         [](const auto& named) { return named.param; });

}  // namespace
}  // namespace upmem_des
