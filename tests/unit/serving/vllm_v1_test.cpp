// Worked by hand; the same workloads were given to vLLM 0.19.0.
#include "serving/schedulers/vllm_v1.hpp"

#include <gtest/gtest.h>

#include "served.hpp"

namespace upmem_des {
namespace {

constexpr std::int64_t A = 0;
constexpr std::int64_t B = 1;
constexpr std::int64_t C = 2;

TEST(VllmV1, PromptsGoInChunksBesideTokens) {
  VllmV1 scheduler(options_of(16, 64, 32, 4));
  scheduler.add(request_of(A, 20, 3));
  scheduler.add(request_of(B, 40, 2));
  expect_step(serve(scheduler), {{A, 20}, {B, 12}}, {A}, 3);
  scheduler.add(request_of(C, 10, 4));
  expect_step(serve(scheduler), {{A, 1}, {B, 28}, {C, 3}}, {A, B}, 6);
  expect_step(serve(scheduler), {{A, 1}, {B, 1}, {C, 7}}, {A, B, C}, 6, {A, B}, 1);
  expect_step(serve(scheduler), {{C, 1}}, {C}, 1);
  expect_step(serve(scheduler), {{C, 1}}, {C}, 1);
  expect_step(serve(scheduler), {{C, 1}}, {C}, 1, {C}, 0);
}

TEST(VllmV1, AsynchronouslySeatsAreLeftAStepLater) {
  SchedulerOptions options = options_of(16, 64, 32, 4);
  options.async = true;
  VllmV1 scheduler(options);
  std::deque<Pass> under_way;
  scheduler.add(request_of(A, 20, 3));
  scheduler.add(request_of(B, 40, 2));
  expect_step(serve(scheduler, under_way), {{A, 20}, {B, 12}}, {}, 3);
  scheduler.add(request_of(C, 10, 4));
  expect_step(serve(scheduler, under_way), {{A, 1}, {B, 28}, {C, 3}}, {A}, 6);
  expect_step(serve(scheduler, under_way), {{A, 1}, {B, 1}, {C, 7}}, {A, B}, 6);
  // A and B have their last tokens under way.
  expect_step(serve(scheduler, under_way), {{C, 1}}, {A, B, C}, 6, {A, B}, 1);
  expect_step(serve(scheduler, under_way), {{C, 1}}, {C}, 1);
  expect_step(serve(scheduler, under_way), {{C, 1}}, {C}, 1);
  expect_step(serve(scheduler, under_way), {}, {C}, 1, {C}, 0);
}

TEST(VllmV1, TheLastLosesItsBlocksAndIsComputedAgain) {
  SchedulerOptions options = options_of(4, 10, 16, 4);
  options.prefix_caching = false;
  VllmV1 scheduler(options);
  scheduler.add(request_of(A, 12, 9));
  scheduler.add(request_of(B, 10, 9));
  scheduler.add(request_of(C, 8, 4));
  expect_step(serve(scheduler), {{A, 12}, {B, 4}}, {A}, 4);
  expect_step(serve(scheduler), {{A, 1}, {B, 6}, {C, 8}}, {A, B, C}, 9);
  expect_step(serve(scheduler), {{A, 1}, {B, 1}, {C, 1}}, {A, B, C}, 10);
  expect_step(serve(scheduler), {{A, 1}, {B, 1}, {C, 1}}, {A, B, C}, 10);
  // A needs a fifth block; C has 10 computed tokens in three, and loses them.
  const ServedStep preempting = serve(scheduler);
  expect_step(preempting, {{A, 1}, {B, 1}}, {A, B}, 8);
  EXPECT_EQ(preempting.preempted, Ids{C});
  // C needs three blocks for 8 + 3 tokens, and there is one.
  for (int step = 5; step <= 7; ++step) expect_step(serve(scheduler), {{A, 1}, {B, 1}}, {A, B}, 9);
  expect_step(serve(scheduler), {{A, 1}, {B, 1}}, {A, B}, 10, {A}, 5);
  const ServedStep last = serve(scheduler);
  expect_step(last, {{B, 1}, {C, 11}}, {B, C}, 8, {B, C}, 0);
  EXPECT_EQ(last.resumed, (Tokens{{C, 0}}));
  EXPECT_EQ(scheduler.counts().preemptions, 1);
  EXPECT_EQ(scheduler.counts().recomputed_tokens, 10);
}

TEST(VllmV1, WhatOthersComputeNowIsFoundInTheSameStep) {
  VllmV1 scheduler(options_of(16, 32, 64, 4));
  Request a = request_of(A, 48, 2);
  a.content = {{7, 40}, {1, 8}};
  Request b = request_of(B, 44, 2);
  b.content = {{7, 40}, {2, 4}};
  scheduler.add(a);
  scheduler.add(b);
  const ServedStep first = serve(scheduler);
  expect_step(first, {{A, 48}, {B, 12}}, {A, B}, 4);
  EXPECT_EQ(first.hits, (Tokens{{B, 32}}));
  expect_step(serve(scheduler), {{A, 1}, {B, 1}}, {A, B}, 5, {A, B}, 0);
  expect_step(serve(scheduler), {}, {}, 0);
  // All three blocks are there, but the last token has to be computed.
  Request c = a;
  c.id = C;
  scheduler.add(c);
  const ServedStep fourth = serve(scheduler);
  expect_step(fourth, {{C, 16}}, {C}, 3);
  EXPECT_EQ(fourth.hits, (Tokens{{C, 32}}));
  expect_step(serve(scheduler), {{C, 1}}, {C}, 4, {C}, 0);
  EXPECT_EQ(scheduler.counts().hit_tokens, 64);
  EXPECT_EQ(scheduler.counts().recomputed_tokens, 0);
}

TEST(VllmV1, AWatermarkHoldsForThoseThatAreLetInWhileOthersRun) {
  // 10 blocks and the one that is nobody's: floor(0.3 · 11) = 3 stay free.
  SchedulerOptions options = options_of(4, 10, 64, 4);
  options.watermark = 0.3;
  VllmV1 scheduler(options);
  scheduler.add(request_of(A, 16, 4));
  scheduler.add(request_of(B, 13, 1));
  // A takes 4 blocks of 10; B's 4 would leave 2.
  expect_step(serve(scheduler), {{A, 16}}, {A}, 4);
  EXPECT_EQ(scheduler.waiting_count(), 1);
  expect_step(serve(scheduler), {{A, 1}}, {A}, 5);
  expect_step(serve(scheduler), {{A, 1}}, {A}, 5);
  expect_step(serve(scheduler), {{A, 1}}, {A}, 5, {A}, 0);
  // Alone, all of them may be taken.
  scheduler.add(request_of(C, 36, 1));
  expect_step(serve(scheduler), {{B, 13}}, {B}, 4, {B}, 0);
  expect_step(serve(scheduler), {{C, 36}}, {C}, 9, {C}, 0);
}

TEST(VllmV1, OverStagesEverybodyIsInOneStep) {
  SchedulerOptions options = options_of(16, 64, 8, 4);
  options.pipeline_stages = 3;
  VllmV1 scheduler(options);
  EXPECT_EQ(scheduler.steps_in_flight(), 3);
  std::deque<Pass> under_way;
  scheduler.add(request_of(A, 12, 3));
  scheduler.add(request_of(B, 9, 2));
  // A's prompt is in two steps at once; whoever has a token under way waits for it.
  expect_step(serve(scheduler, under_way), {{A, 8}}, {}, 1);
  expect_step(serve(scheduler, under_way), {{A, 4}, {B, 4}}, {}, 2);
  expect_step(serve(scheduler, under_way), {{B, 5}}, {}, 2);
  // No step is left to schedule: the outputs of the second.
  expect_step(serve(scheduler, under_way), {}, {A}, 2);
  expect_step(serve(scheduler, under_way), {{A, 1}}, {}, 2);
  expect_step(serve(scheduler, under_way), {}, {B}, 2);
  expect_step(serve(scheduler, under_way), {{B, 1}}, {}, 2);
  expect_step(serve(scheduler, under_way), {}, {A}, 2);
  expect_step(serve(scheduler, under_way), {{A, 1}}, {}, 2);
  expect_step(serve(scheduler, under_way), {}, {B}, 2, {B}, 1);
  expect_step(serve(scheduler, under_way), {}, {A}, 1, {A}, 0);
}

TEST(VllmV1, RefusesWhatCanNeverBeServed) {
  SchedulerOptions options = options_of(4, 10, 64, 4);
  options.max_model_len = 50;
  const VllmV1 scheduler(options);
  EXPECT_EQ(scheduler.refusal(request_of(A, 0, 1)), "has no prompt tokens");
  EXPECT_EQ(scheduler.refusal(request_of(A, 1, 0)), "wants no output tokens");
  EXPECT_EQ(scheduler.refusal(request_of(A, -1, 1)), "has no prompt tokens");
  EXPECT_EQ(scheduler.refusal(request_of(A, 40, 11)), "40 + 11 tokens are more than max_model_len, 50");
  // 41 tokens, of which 40 are cached, fill ten blocks.
  EXPECT_EQ(scheduler.refusal(request_of(A, 30, 11)), "");
  EXPECT_EQ(scheduler.refusal(request_of(A, 30, 12)), "30 + 12 tokens need 11 blocks; there are 10");
  EXPECT_EQ(scheduler.refusal(request_of(A, INT64_MAX, INT64_MAX)),
            "9223372036854775807 + 9223372036854775807 tokens are more than max_model_len, 50");

  options.max_model_len = 0;
  EXPECT_EQ(VllmV1(options).refusal(request_of(A, INT64_MAX, 1)),
            "9223372036854775807 + 1 tokens are more than can be counted");
  options.chunked_prefill = false;
  options.max_num_batched_tokens = 20;
  EXPECT_EQ(VllmV1(options).refusal(request_of(A, 15, 7)),
            "21 tokens may have to be computed in one step without chunked_prefill; max_num_batched_tokens is 20");
  EXPECT_EQ(VllmV1(options).refusal(request_of(A, 15, 6)), "");
}

TEST(VllmV1, WhatIsJustNotRefusedIsServed) {
  VllmV1 scheduler(options_of(4, 10, 64, 4));
  scheduler.add(request_of(A, 30, 11));
  int steps = 0;
  while (scheduler.running_count() + scheduler.waiting_count() > 0 && steps < 100) {
    serve(scheduler);
    ++steps;
  }
  EXPECT_EQ(steps, 11);
  EXPECT_EQ(scheduler.counts().preemptions, 0);
}

}  // namespace
}  // namespace upmem_des
