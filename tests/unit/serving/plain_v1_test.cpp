#include "plain_v1.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "random_load.hpp"
#include "serving/schedulers/vllm_v1.hpp"

namespace upmem_des {
namespace {

Ids ids(const VllmV1& scheduler, const std::vector<std::uint32_t>& slots) {
  Ids all;
  for (const std::uint32_t slot : slots) all.push_back(scheduler.request(slot).request.id);
  return all;
}

void expect_equal(const ServedStep& ours, const ServedStep& plain) {
  EXPECT_EQ(ours.tokens, plain.tokens);
  EXPECT_EQ(ours.hits, plain.hits);
  EXPECT_EQ(ours.resumed, plain.resumed);
  EXPECT_EQ(ours.preempted, plain.preempted);
  EXPECT_EQ(ours.used, plain.used);
  EXPECT_EQ(ours.sampled, plain.sampled);
  EXPECT_EQ(ours.finished, plain.finished);
  EXPECT_EQ(ours.used_at_end, plain.used_at_end);
}

struct Seen {
  std::int64_t preempted = 0;
  std::int64_t hits = 0;
  std::int64_t resumed_at_hits = 0;
  std::int64_t steps_of_several = 0;  ///< in which somebody got more than one token
};

void serve_both(std::mt19937_64& random, const SchedulerOptions& options, std::uint64_t seed, Seen& seen) {
  const bool shared = random() % 2;
  const double arrivals_per_step = random() % 2 ? 0.1 : 0.9;
  VllmV1 scheduler(options);
  PlainV1 plain(options);
  std::deque<Pass> under_way;
  std::int64_t arrived = 0;
  for (int step = 0; step < 400; ++step) {
    while (arrived < 25 && static_cast<double>(random() % 1000) < 1000 * arrivals_per_step) {
      const Request request = random_request(random, arrived++, 60, shared);
      if (!scheduler.refusal(request).empty()) continue;
      scheduler.add(request);
      plain.add(request);
    }
    const ServedStep ours = serve(scheduler, under_way);
    expect_equal(ours, plain.serve());
    EXPECT_EQ(ids(scheduler, scheduler.running()), plain.running());
    EXPECT_EQ(ids(scheduler, scheduler.waiting()), plain.waiting());
    ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed << ", step " << step;
    seen.preempted += static_cast<std::int64_t>(ours.preempted.size());
    seen.hits += static_cast<std::int64_t>(ours.hits.size());
    for (const auto& [id, context] : ours.resumed) seen.resumed_at_hits += context > 0;
    seen.steps_of_several +=
        std::set<std::int64_t>(ours.sampled.begin(), ours.sampled.end()).size() < ours.sampled.size();
  }
}

TEST(VllmV1, DoesWhatThePlainRulesSay) {
  Seen seen;
  for (std::uint64_t seed = 1; seed <= 1500 && !HasFailure(); ++seed) {
    std::mt19937_64 random(seed);
    SchedulerOptions options = random_options(random);
    options.pipeline_stages = 1;
    serve_both(random, options, seed, seen);
  }
  EXPECT_GT(seen.preempted, 1000);
  EXPECT_GT(seen.hits, 3000);
  EXPECT_GT(seen.resumed_at_hits, 200);
  EXPECT_EQ(seen.steps_of_several, 0);
}

TEST(VllmV1, DoesWithDraftsWhatThePlainRulesSay) {
  Seen seen;
  for (std::uint64_t seed = 1; seed <= 1500 && !HasFailure(); ++seed) {
    std::mt19937_64 random(seed);
    const SchedulerOptions options = random_options(random);
    serve_both(random, with_drafts(options, random), seed, seen);
  }
  EXPECT_GT(seen.preempted, 1000);
  EXPECT_GT(seen.hits, 3000);
  EXPECT_GT(seen.resumed_at_hits, 200);
  EXPECT_GT(seen.steps_of_several, 10000);
}

}  // namespace
}  // namespace upmem_des
