/// Speculative decoding, worked by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "served.hpp"
#include "serving/schedulers/priority.hpp"
#include "serving/schedulers/vllm_v1.hpp"
#include "upmem_des/serving/draft_acceptance.hpp"

namespace upmem_des {
namespace {

constexpr std::int64_t A = 0;
constexpr std::int64_t B = 1;

SchedulerOptions drafting(SchedulerOptions options, std::vector<double> acceptance, std::int64_t lookahead = 0) {
  options.draft_tokens = static_cast<std::int64_t>(acceptance.size());
  options.acceptance = std::move(acceptance);
  options.lookahead_tokens = lookahead;
  options.prefix_caching = false;
  return options;
}

void expect_counts(const Scheduler& scheduler, std::int64_t verifications, std::int64_t drafted,
                   std::int64_t accepted) {
  EXPECT_EQ(scheduler.counts().verifications, verifications);
  EXPECT_EQ(scheduler.counts().drafted_tokens, drafted);
  EXPECT_EQ(scheduler.counts().accepted_tokens, accepted);
}

/// Of two drafts always the first alone is accepted: two tokens a step, and what was rejected is computed again.
TEST(Drafts, AreVerifiedInOneStep) {
  VllmV1 scheduler(drafting(options_of(4, 64, 32, 4), {1, 0}));
  scheduler.add(request_of(A, 6, 6));
  expect_step(serve(scheduler), {{A, 6}}, {A}, 2);
  EXPECT_EQ(scheduler.request(0).drafts, 2);
  // 7 tokens are known and 6 computed: 1 + 2 rows, 9 in three blocks, of which 8 stay.
  expect_step(serve(scheduler), {{A, 3}}, {A, A}, 3);
  EXPECT_EQ(scheduler.request(0).computed, 8);
  EXPECT_EQ(scheduler.request(0).known, 9);
  expect_step(serve(scheduler), {{A, 3}}, {A, A}, 3);
  // One token is wanted yet, and two come.
  expect_step(serve(scheduler), {{A, 3}}, {A}, 4, {A}, 0);
  expect_counts(scheduler, 3, 6, 3);
}

TEST(Drafts, OfAModelHaveBlocksBefore) {
  VllmV1 scheduler(drafting(options_of(4, 64, 32, 4), {1, 0}, 2));
  scheduler.add(request_of(A, 6, 6));
  // Not when it is let in.
  expect_step(serve(scheduler), {{A, 6}}, {A}, 2);
  // 9 + 2 tokens, 11 + 2, 13 + 2.
  expect_step(serve(scheduler), {{A, 3}}, {A, A}, 3);
  expect_step(serve(scheduler), {{A, 3}}, {A, A}, 4);
  expect_step(serve(scheduler), {{A, 3}}, {A}, 4, {A}, 0);
}

TEST(Drafts, GetWhatTheBudgetLeaves) {
  VllmV1 scheduler(drafting(options_of(16, 64, 8, 4), {1, 1, 1, 1}));
  scheduler.add(request_of(A, 4, 12));
  scheduler.add(request_of(B, 3, 12));
  expect_step(serve(scheduler), {{A, 4}, {B, 3}}, {A, B}, 2);
  // A has four drafts, B two of four.
  for (int step = 1; step <= 2; ++step) expect_step(serve(scheduler), {{A, 5}, {B, 3}}, {A, A, A, A, A, B, B, B}, 2);
  // A's drafts are behind its last token, in a second block.
  expect_step(serve(scheduler), {{A, 5}, {B, 3}}, {A, B, B, B}, 3, {A}, 1);
  expect_step(serve(scheduler), {{B, 5}}, {B, B}, 2, {B}, 0);
  expect_counts(scheduler, 7, 22, 22);
}

TEST(Drafts, AreNoneOfWhoWasPreempted) {
  VllmV1 scheduler(drafting(options_of(4, 5, 16, 2), {0, 0, 0}));
  scheduler.add(request_of(A, 8, 4));
  scheduler.add(request_of(B, 5, 4));
  expect_step(serve(scheduler), {{A, 8}, {B, 5}}, {A, B}, 4);
  // A takes the last block for 12 tokens, B needs another for 9.
  const ServedStep preempting = serve(scheduler);
  expect_step(preempting, {{A, 4}}, {A}, 3);
  EXPECT_EQ(preempting.preempted, Ids{B});
  expect_step(serve(scheduler), {{A, 4}}, {A}, 4);
  expect_step(serve(scheduler), {{A, 4}}, {A}, 4, {A}, 0);
  // The prompt and one output, and no drafts.
  const ServedStep resuming = serve(scheduler);
  expect_step(resuming, {{B, 6}}, {B}, 2);
  EXPECT_EQ(resuming.resumed, (Tokens{{B, 0}}));
  expect_step(serve(scheduler), {{B, 4}}, {B}, 3);
  expect_step(serve(scheduler), {{B, 4}}, {B}, 3, {B}, 0);
  expect_counts(scheduler, 5, 15, 0);
  EXPECT_EQ(scheduler.counts().recomputed_tokens, 5);
}

/// The request that is to lose its blocks has been scheduled in this pass, with drafts.
TEST(Drafts, GoWithWhatIsTakenBack) {
  PriorityV1 scheduler(drafting(options_of(4, 5, 16, 2), {0, 0, 0}));
  Request low = request_of(A, 8, 4);
  low.priority = 1;
  scheduler.add(low);
  expect_step(serve(scheduler), {{A, 8}}, {A}, 2);
  scheduler.add(request_of(B, 5, 4));
  // 12 tokens in three blocks beside 5 in two.
  expect_step(serve(scheduler), {{A, 4}, {B, 5}}, {A, B}, 5);
  // A has 9 tokens computed and gets 13, in a fourth block: there is none, and it is the one to lose its own.
  const ServedStep preempting = serve(scheduler);
  expect_step(preempting, {}, {}, 2);
  EXPECT_EQ(preempting.preempted, Ids{A});
  // B has kept its drafts.
  expect_step(serve(scheduler), {{B, 4}}, {B}, 3);
  expect_counts(scheduler, 2, 6, 0);
}

TEST(Drafts, EndWithTheLongestRequest) {
  SchedulerOptions options = drafting(options_of(16, 64, 32, 4), {0, 0, 0, 0, 0, 0});
  options.max_model_len = 12;
  VllmV1 scheduler(options);
  scheduler.add(request_of(A, 6, 6));
  // The last token of the longest request is never computed.
  for (const std::int64_t tokens : {6, 5, 4, 3, 2}) expect_step(serve(scheduler), {{A, tokens}}, {A}, 1);
  expect_step(serve(scheduler), {{A, 1}}, {A}, 1, {A}, 0);
  expect_counts(scheduler, 4, 10, 0);
}

/// The hits of a request like A that comes before a step of it.
std::int64_t hits_before(int step, bool recomputes_last_hit) {
  SchedulerOptions options = drafting(options_of(4, 64, 32, 4), {0, 0, 0});
  options.prefix_caching = true;
  options.recomputes_last_hit = recomputes_last_hit;
  VllmV1 scheduler(options);
  Request a = request_of(A, 6, 8), b = request_of(B, 12, 1);
  a.content = b.content = {{7, 20}};
  scheduler.add(a);
  for (int i = 0; i < step; ++i) serve(scheduler);
  scheduler.add(b);
  EXPECT_EQ(scheduler.cached_tokens(b), step == 0 ? 0 : recomputes_last_hit ? 0 : 4);
  const Tokens hits = serve(scheduler).hits;
  return hits.empty() ? 0 : hits.at(B);
}

TEST(Drafts, SayNothingOfWhatBlocksHold) {
  // 10 tokens are in blocks then, but only 7 are known: one block is full of them.
  EXPECT_EQ(hits_before(1, false), 4);
  EXPECT_EQ(hits_before(2, false), 8);
  EXPECT_EQ(hits_before(1, true), 0);
  EXPECT_EQ(hits_before(2, true), 4);
}

TEST(Drafts, CountInWhatCanNeverBeServed) {
  const auto refusal = [](std::int64_t blocks, std::int64_t lookahead, std::int64_t outputs) {
    return VllmV1(drafting(options_of(4, blocks, 32, 4), {0, 0, 0}, lookahead)).refusal(request_of(A, 8, outputs));
  };
  // 8 + 4 − 1 tokens and 3 drafts, 14; and 3 more that a model writes, 17.
  EXPECT_EQ(refusal(4, 0, 4), "");
  EXPECT_EQ(refusal(3, 0, 4), "8 + 4 tokens need 4 blocks with their drafts; there are 3");
  EXPECT_EQ(refusal(5, 3, 4), "");
  EXPECT_EQ(refusal(4, 3, 4), "8 + 4 tokens need 5 blocks with their drafts; there are 4");
  // One token is put out by the prompt's own step.
  EXPECT_EQ(refusal(2, 0, 1), "");
}

TEST(DraftAcceptance, IsDrawnByRequestAndOutput) {
  const std::vector<double> even(8, 0.7);
  const DraftAcceptance first(even, 1), second(even, 2);
  bool differs = false;
  for (std::int64_t id = 0; id < 100; ++id)
    for (std::int64_t output = 1; output < 20; ++output) {
      const std::int64_t most = first.accepted(id, output, 8);
      EXPECT_EQ(first.accepted(id, output, 3), std::min<std::int64_t>(3, most));
      // What comes later is drawn by itself.
      if (most > 0) {
        EXPECT_EQ(first.accepted(id, output + 1, 7), most - 1);
      }
      differs = differs || second.accepted(id, output, 8) != most;
    }
  EXPECT_TRUE(differs);
  EXPECT_EQ(DraftAcceptance({1, 1}, 5).accepted(3, 1, 2), 2);
  EXPECT_EQ(DraftAcceptance({0, 1}, 5).accepted(3, 1, 2), 0);
  EXPECT_EQ(DraftAcceptance({1, 0}, 5).accepted(3, 1, 2), 1);
}

/// Tokens of a step are 1 + a + a² + … + a^k in the mean.
TEST(DraftAcceptance, HasTheMeanOfTheFormula) {
  for (const double a : {0.2, 0.5, 0.8, 0.95})
    for (const std::int64_t drafts : {1, 3, 7}) {
      const DraftAcceptance acceptance(std::vector<double>(static_cast<std::size_t>(drafts), a), 11);
      std::int64_t tokens = 0, steps = 0;
      for (std::int64_t id = 0; id < 1000; ++id)
        for (std::int64_t output = 1; output < 200; ++steps) {
          const std::int64_t put_out = 1 + acceptance.accepted(id, output, drafts);
          tokens += put_out;
          output += put_out;
        }
      const double mean = static_cast<double>(tokens) / static_cast<double>(steps);
      const double formula = (1 - std::pow(a, drafts + 1)) / (1 - a);
      // No number from 1 to k + 1 has a standard deviation above k / 2; four of them.
      EXPECT_NEAR(mean, formula, 4 * static_cast<double>(drafts) / 2 / std::sqrt(static_cast<double>(steps)))
          << a << ", " << drafts;
    }
}

}  // namespace
}  // namespace upmem_des
