#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "law_check.hpp"
#include "random_load.hpp"
#include "serving/scheduler_registry.hpp"

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

INSTANTIATE_TEST_SUITE_P(Of, SchedulerLaws,
                         ::testing::Values("vllm_v1", "vllm_v0", "sarathi", "orca", "static", "priority",
                                           "shortest_first"),
                         [](const auto& named) { return named.param; });

}  // namespace
}  // namespace upmem_des
