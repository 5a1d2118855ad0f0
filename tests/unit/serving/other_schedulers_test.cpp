// Worked by hand.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "served.hpp"
#include "serving/schedulers/orca.hpp"
#include "serving/schedulers/priority.hpp"
#include "serving/schedulers/sarathi.hpp"
#include "serving/schedulers/shortest_first.hpp"
#include "serving/schedulers/static.hpp"
#include "serving/schedulers/vllm_v0.hpp"

namespace upmem_des {
namespace {

constexpr std::int64_t A = 0;
constexpr std::int64_t B = 1;
constexpr std::int64_t C = 2;
constexpr std::int64_t D = 3;

TEST(VllmV0, PromptsComeBeforeTokensAndNeverBesideThem) {
  VllmV0 scheduler(options_of(4, 10, 32, 4));
  scheduler.add(request_of(A, 6, 3));
  scheduler.add(request_of(B, 5, 2));
  expect_step(serve(scheduler), {{A, 6}, {B, 5}}, {A, B}, 4);
  scheduler.add(request_of(C, 8, 2));
  expect_step(serve(scheduler), {{C, 8}}, {C}, 6);
  // C's ninth token needs a third block.
  expect_step(serve(scheduler), {{A, 1}, {B, 1}, {C, 1}}, {A, B, C}, 7, {B, C}, 2);
  expect_step(serve(scheduler), {{A, 1}}, {A}, 2, {A}, 0);
}

TEST(VllmV0, ThePromptsOfAStepAreWithinTheBudget) {
  VllmV0 scheduler(options_of(4, 10, 12, 4));
  scheduler.add(request_of(A, 6, 1));
  scheduler.add(request_of(B, 7, 1));
  expect_step(serve(scheduler), {{A, 6}}, {A}, 2, {A}, 0);
  expect_step(serve(scheduler), {{B, 7}}, {B}, 2, {B}, 0);
  EXPECT_EQ(scheduler.refusal(request_of(C, 9, 5)),
            "13 tokens may have to be computed in one step; max_num_batched_tokens is 12");
}

TEST(VllmV0, TheLastLosesItsBlocks) {
  SchedulerOptions options = options_of(4, 4, 32, 4);
  options.prefix_caching = false;
  VllmV0 scheduler(options);
  scheduler.add(request_of(A, 8, 4));
  scheduler.add(request_of(B, 7, 3));
  expect_step(serve(scheduler), {{A, 8}, {B, 7}}, {A, B}, 4);
  const ServedStep preempting = serve(scheduler);
  expect_step(preempting, {{A, 1}}, {A}, 3);
  EXPECT_EQ(preempting.preempted, Ids{B});
  // B would need two blocks for 7 + 1 tokens.
  expect_step(serve(scheduler), {{A, 1}}, {A}, 3);
  expect_step(serve(scheduler), {{A, 1}}, {A}, 3, {A}, 0);
  const ServedStep again = serve(scheduler);
  expect_step(again, {{B, 8}}, {B}, 2);
  EXPECT_EQ(again.resumed, (Tokens{{B, 0}}));
  expect_step(serve(scheduler), {{B, 1}}, {B}, 3, {B}, 0);
  EXPECT_EQ(scheduler.counts().recomputed_tokens, 7);
}

TEST(VllmV0, AWatermarkStaysFree) {
  // floor(0.2 · 11) = 2.
  SchedulerOptions options = options_of(4, 10, 64, 4);
  options.watermark = 0.2;
  VllmV0 scheduler(options);
  scheduler.add(request_of(A, 12, 2));
  scheduler.add(request_of(B, 21, 1));
  // B's 6 blocks of 7 would leave 1.
  expect_step(serve(scheduler), {{A, 12}}, {A}, 3);
  expect_step(serve(scheduler), {{A, 1}}, {A}, 4, {A}, 0);
  expect_step(serve(scheduler), {{B, 21}}, {B}, 6, {B}, 0);
  EXPECT_EQ(scheduler.refusal(request_of(C, 32, 1)), "");
  EXPECT_EQ(scheduler.refusal(request_of(C, 33, 1)), "33 + 1 tokens need 9 blocks and 2 that stay free; there are 10");
}

TEST(Sarathi, TokensComeBeforeChunksAndThoseBeforeNewPrompts) {
  Sarathi scheduler(options_of(4, 20, 8, 4));
  scheduler.add(request_of(A, 6, 3));
  scheduler.add(request_of(B, 10, 2));
  // B has all of its three blocks.
  expect_step(serve(scheduler), {{A, 6}, {B, 2}}, {A}, 5);
  expect_step(serve(scheduler), {{A, 1}, {B, 7}}, {A}, 5);
  scheduler.add(request_of(C, 5, 1));
  expect_step(serve(scheduler), {{A, 1}, {B, 1}, {C, 5}}, {A, B, C}, 7, {A, C}, 3);
  expect_step(serve(scheduler), {{B, 1}}, {B}, 3, {B}, 0);
}

TEST(Sarathi, TheLastLosesItsBlocks) {
  SchedulerOptions options = options_of(4, 4, 32, 4);
  options.prefix_caching = false;
  Sarathi scheduler(options);
  scheduler.add(request_of(A, 8, 4));
  scheduler.add(request_of(B, 7, 3));
  expect_step(serve(scheduler), {{A, 8}, {B, 7}}, {A, B}, 4);
  const ServedStep preempting = serve(scheduler);
  expect_step(preempting, {{A, 1}}, {A}, 3);
  EXPECT_EQ(preempting.preempted, Ids{B});
  expect_step(serve(scheduler), {{A, 1}}, {A}, 3);
  expect_step(serve(scheduler), {{A, 1}}, {A}, 3, {A}, 0);
  expect_step(serve(scheduler), {{B, 8}}, {B}, 2);
  expect_step(serve(scheduler), {{B, 1}}, {B}, 3, {B}, 0);
}

TEST(Sarathi, AWatermarkStaysFree) {
  // floor(0.2 · 11) = 2.
  SchedulerOptions options = options_of(4, 10, 64, 4);
  options.watermark = 0.2;
  Sarathi scheduler(options);
  scheduler.add(request_of(A, 12, 2));
  scheduler.add(request_of(B, 21, 1));
  // B's 6 blocks of 7 would leave 1.
  expect_step(serve(scheduler), {{A, 12}}, {A}, 3);
  expect_step(serve(scheduler), {{A, 1}}, {A}, 4, {A}, 0);
  expect_step(serve(scheduler), {{B, 21}}, {B}, 6, {B}, 0);
}

TEST(Orca, NewPromptsAreWholeAndBesideTokens) {
  Orca scheduler(options_of(4, 6, 2, 2));
  scheduler.add(request_of(A, 5, 2));
  scheduler.add(request_of(B, 6, 3));
  scheduler.add(request_of(C, 3, 2));
  // Seats of 7 and 9 tokens: 2 + 3 blocks.
  expect_step(serve(scheduler), {{A, 5}, {B, 6}}, {A, B}, 5);
  expect_step(serve(scheduler), {{A, 1}, {B, 1}}, {A, B}, 5, {A}, 3);
  expect_step(serve(scheduler), {{B, 1}, {C, 3}}, {B, C}, 5, {B}, 2);
  expect_step(serve(scheduler), {{C, 1}}, {C}, 2, {C}, 0);
}

TEST(Orca, ASeatMayBeAsLongAsARequestCanBe) {
  SchedulerOptions options = options_of(4, 5, 8, 8);
  options.reserve_max_len = true;
  options.max_model_len = 10;
  Orca scheduler(options);
  scheduler.add(request_of(A, 1, 1));
  scheduler.add(request_of(B, 1, 1));
  // Three blocks each.
  expect_step(serve(scheduler), {{A, 1}}, {A}, 3, {A}, 0);
  expect_step(serve(scheduler), {{B, 1}}, {B}, 3, {B}, 0);
  options.kv_blocks = 2;
  EXPECT_EQ(Orca(options).refusal(request_of(C, 1, 1)), "its seat of 10 tokens needs 3 blocks; there are 2");
}

TEST(StaticBatches, EverybodyStaysUntilTheLastHasEnded) {
  StaticBatches scheduler(options_of(4, 20, 3, 3));
  scheduler.add(request_of(A, 5, 1));
  scheduler.add(request_of(B, 8, 3));
  scheduler.add(request_of(C, 3, 2));
  scheduler.add(request_of(D, 4, 1));
  const auto padding = [&](const Pass& pass) {
    std::vector<std::pair<std::int64_t, std::int64_t>> rows;
    for (const PaddedTokens& row : pass.padding) rows.emplace_back(row.tokens, row.context);
    return rows;
  };
  using Rows = std::vector<std::pair<std::int64_t, std::int64_t>>;
  Pass pass;
  StepEnd end;
  // 6, 11 and 5 tokens: 2 + 3 + 2 blocks. A and C are padded from 5 and 3 tokens to B's 8.
  scheduler.schedule(0, pass);
  EXPECT_EQ(pass.tokens, 16);
  EXPECT_EQ(padding(pass), (Rows{{3, 5}, {5, 3}}));
  EXPECT_EQ(scheduler.blocks_used(), 7);
  scheduler.end_step(pass, end);
  EXPECT_EQ(end.sampled.size(), 3u);
  EXPECT_EQ(end.finished.size(), 1u);
  EXPECT_EQ(scheduler.blocks_used(), 7);
  scheduler.schedule(0, pass);
  EXPECT_EQ(pass.tokens, 2);
  EXPECT_EQ(padding(pass), (Rows{{1, 5}}));
  scheduler.end_step(pass, end);
  EXPECT_EQ(end.finished.size(), 1u);
  scheduler.schedule(0, pass);
  EXPECT_EQ(pass.tokens, 1);
  EXPECT_EQ(padding(pass), (Rows{{1, 6}, {1, 4}}));
  EXPECT_EQ(scheduler.blocks_used(), 7);
  scheduler.end_step(pass, end);
  EXPECT_EQ(end.finished.size(), 1u);
  EXPECT_EQ(scheduler.blocks_used(), 0);
  expect_step(serve(scheduler), {{D, 4}}, {D}, 2, {D}, 0);
}

TEST(StaticBatches, WaitForSeatsToFillForAsLongAsTheyAreTold) {
  SchedulerOptions options = options_of(4, 20, 2, 2);
  options.batch_timeout_s = 10;
  StaticBatches scheduler(options);
  Pass pass;
  scheduler.schedule(0, pass);
  EXPECT_TRUE(pass.empty());
  EXPECT_TRUE(std::isinf(pass.wake_s));
  Request a = request_of(A, 3, 1);
  a.arrival_s = 2;
  scheduler.add(a);
  scheduler.schedule(2, pass);
  EXPECT_TRUE(pass.empty());
  EXPECT_EQ(pass.wake_s, 12);
  expect_step(serve(scheduler, 12), {{A, 3}}, {A}, 1, {A}, 0);

  options.batch_timeout_s = std::numeric_limits<double>::infinity();
  StaticBatches patient(options);
  patient.add(a);
  expect_step(serve(patient, 1e9), {}, {}, 0);
  patient.add(request_of(B, 4, 1));
  expect_step(serve(patient, 1e9), {{A, 3}, {B, 4}}, {A, B}, 3, {A, B}, 0);
  patient.add(request_of(C, 4, 1));
  expect_step(serve(patient, 1e9), {}, {}, 0);
  patient.close();
  expect_step(serve(patient, 1e9), {{C, 4}}, {C}, 2, {C}, 0);
}

Request urgent(std::int64_t id, std::int64_t priority, std::int64_t prompt, std::int64_t outputs) {
  Request request = request_of(id, prompt, outputs);
  request.priority = priority;
  return request;
}

TEST(PriorityV1, TheLowestIsLetInFirstAndTheHighestLosesItsBlocks) {
  SchedulerOptions options = options_of(4, 6, 32, 4);
  options.prefix_caching = false;
  PriorityV1 scheduler(options);
  scheduler.add(urgent(A, 1, 8, 5));
  scheduler.add(urgent(B, 0, 7, 4));
  scheduler.add(urgent(C, 2, 8, 4));
  expect_step(serve(scheduler), {{A, 8}, {B, 7}, {C, 8}}, {B, A, C}, 6);
  const ServedStep preempting = serve(scheduler);
  expect_step(preempting, {{A, 1}, {B, 1}}, {B, A}, 5);
  EXPECT_EQ(preempting.preempted, Ids{C});
}

TEST(PriorityV1, WhoWasScheduledAlreadyGivesItsTokensBack) {
  SchedulerOptions options = options_of(4, 6, 32, 4);
  options.prefix_caching = false;
  PriorityV1 scheduler(options);
  scheduler.add(urgent(A, 5, 8, 6));
  expect_step(serve(scheduler), {{A, 8}}, {A}, 2);
  scheduler.add(urgent(B, 0, 12, 4));
  expect_step(serve(scheduler), {{A, 1}, {B, 12}}, {A, B}, 6);
  // A has its tenth token scheduled when B finds no fourth block.
  const ServedStep preempting = serve(scheduler);
  expect_step(preempting, {{B, 1}}, {B}, 4);
  EXPECT_EQ(preempting.preempted, Ids{A});
  // A needs three blocks for 8 + 2 tokens, and there are two.
  expect_step(serve(scheduler), {{B, 1}}, {B}, 4);
  expect_step(serve(scheduler), {{B, 1}}, {B}, 4, {B}, 0);
  expect_step(serve(scheduler), {{A, 10}}, {A}, 3);
  EXPECT_EQ(scheduler.counts().recomputed_tokens, 9);
}

TEST(ShortestFirst, ShortPromptsAreLetInFirst) {
  ShortestFirst scheduler(options_of(4, 30, 12, 4));
  scheduler.add(request_of(A, 20, 2));
  scheduler.add(request_of(B, 5, 2));
  scheduler.add(request_of(C, 9, 2));
  EXPECT_EQ(serve(scheduler).tokens, (Tokens{{B, 5}, {C, 7}}));
}

TEST(ShortestFirst, OrShortTotals) {
  SchedulerOptions options = options_of(4, 30, 12, 1);
  for (const bool total : {false, true}) {
    options.order_by_total = total;
    ShortestFirst scheduler(options);
    scheduler.add(request_of(A, 3, 30));
    scheduler.add(request_of(B, 5, 2));
    EXPECT_EQ(serve(scheduler).tokens, total ? (Tokens{{B, 5}}) : (Tokens{{A, 3}}));
  }
}

}  // namespace
}  // namespace upmem_des
