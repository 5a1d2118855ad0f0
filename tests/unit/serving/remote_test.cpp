// Caches that come from elsewhere, and blocks that stay for others to fetch. Worked by hand.
#include <gtest/gtest.h>

#include "served.hpp"
#include "serving/schedulers/priority.hpp"
#include "serving/schedulers/vllm_v1.hpp"

namespace upmem_des {
namespace {

constexpr std::int64_t A = 0;
constexpr std::int64_t B = 1;
constexpr std::int64_t C = 2;

Request like(std::int64_t id, std::int64_t prompt, std::int64_t outputs) {
  Request request = request_of(id, prompt, outputs);
  request.content = {{7, prompt}};
  return request;
}

TEST(RemoteCache, HasItsBlocksBeforeItComesAndIsInNobodysWay) {
  VllmV1 scheduler(options_of(4, 10, 16, 4));
  const std::uint32_t a = scheduler.add_remote(request_of(A, 8, 3), 1);
  scheduler.add(request_of(B, 4, 1));
  Pass pass;
  StepEnd end;
  scheduler.schedule(0, pass);
  // 9 tokens of A are known: three blocks.
  EXPECT_EQ(pass.fetching, std::vector<std::uint32_t>{a});
  ASSERT_EQ(pass.scheduled.size(), 1u);
  EXPECT_EQ(pass.scheduled[0].tokens, 4);
  EXPECT_EQ(scheduler.blocks_used(), 4);
  EXPECT_EQ(scheduler.running_count(), 1);
  EXPECT_EQ(scheduler.waiting_count(), 1);
  EXPECT_EQ(scheduler.request(a).status, RequestStatus::waits_for_cache);
  scheduler.end_step(pass, end);
  EXPECT_EQ(end.finished.size(), 1u);
  EXPECT_TRUE(serve(scheduler).tokens.empty());
  scheduler.fetched(a);
  scheduler.schedule(0, pass);
  ASSERT_EQ(pass.scheduled.size(), 1u);
  EXPECT_EQ(pass.scheduled[0].tokens, 1);
  EXPECT_EQ(pass.scheduled[0].context, 8);
  EXPECT_TRUE(pass.scheduled[0].samples);
  EXPECT_FALSE(pass.scheduled[0].resumed);
  scheduler.end_step(pass, end);
  const ServedStep last = serve(scheduler);
  EXPECT_EQ(last.tokens, (Tokens{{A, 1}}));
  EXPECT_EQ(last.finished, Ids{A});
  EXPECT_EQ(last.used_at_end, 0);
}

TEST(RemoteCache, WhereAllTokensAreComputedTheLastIsComputedAgain) {
  VllmV1 scheduler(options_of(4, 10, 16, 4));
  const std::uint32_t a = scheduler.add_remote(request_of(A, 8, 2), 0);
  EXPECT_EQ(serve(scheduler).used, 2);
  scheduler.fetched(a);
  Pass pass;
  scheduler.schedule(0, pass);
  ASSERT_EQ(pass.scheduled.size(), 1u);
  EXPECT_EQ(pass.scheduled[0].tokens, 1);
  EXPECT_EQ(pass.scheduled[0].context, 7);
}

TEST(RemoteCache, WhatIsHereNeedNotBeSentOnceItIsHere) {
  VllmV1 scheduler(options_of(4, 20, 16, 4));
  const std::uint32_t a = scheduler.add_remote(like(A, 8, 3), 1);
  serve(scheduler);
  // While A's is on its way, B finds nothing.
  const std::uint32_t b = scheduler.add_remote(like(B, 8, 3), 1);
  EXPECT_EQ(serve(scheduler).used, 6);
  EXPECT_EQ(scheduler.request(b).hit_tokens, 0);
  scheduler.fetched(a);
  // 9 tokens are known, of which 8 can be found: two blocks.
  const std::uint32_t c = scheduler.add_remote(like(C, 8, 3), 1);
  EXPECT_EQ(serve(scheduler).used, 7);
  EXPECT_EQ(scheduler.request(c).hit_tokens, 8);
}

TEST(RemoteCache, WhatIsHereIsFoundByThoseBeforeIt) {
  PriorityV1 scheduler(options_of(4, 20, 16, 4));
  Request later = like(A, 8, 3);
  later.priority = 1;
  const std::uint32_t a = scheduler.add_remote(later, 1);
  serve(scheduler);
  scheduler.fetched(a);
  scheduler.add(like(B, 9, 1));
  const ServedStep step = serve(scheduler);
  EXPECT_EQ(step.tokens, (Tokens{{A, 1}, {B, 1}}));
  EXPECT_EQ(step.hits, (Tokens{{B, 8}}));
  EXPECT_EQ(step.sampled, (Ids{B, A}));
}

TEST(RemoteCache, WithoutBlocksItWaits) {
  VllmV1 scheduler(options_of(4, 4, 16, 4));
  scheduler.add(request_of(A, 8, 2));
  serve(scheduler);
  const std::uint32_t b = scheduler.add_remote(request_of(B, 8, 2), 1);
  EXPECT_EQ(serve(scheduler).used, 3);
  EXPECT_EQ(scheduler.request(b).status, RequestStatus::waits_for_blocks);
  EXPECT_EQ(serve(scheduler).used, 3);
  EXPECT_EQ(scheduler.request(b).status, RequestStatus::waits_for_cache);
}

TEST(RemoteCache, BlocksOfThoseThatWaitAreNotHeldForEver) {
  VllmV1 scheduler(options_of(4, 4, 16, 1));
  const std::uint32_t b = scheduler.add_remote(request_of(B, 3, 3), 1);
  EXPECT_EQ(serve(scheduler).used, 1);
  scheduler.add(request_of(A, 11, 6));
  EXPECT_EQ(serve(scheduler).tokens, (Tokens{{A, 11}}));
  scheduler.fetched(b);
  // There is one seat, so B waits with its block.
  EXPECT_EQ(serve(scheduler).tokens, (Tokens{{A, 1}}));
  EXPECT_EQ(scheduler.blocks_used(), 4);
  // A's thirteenth token needs a fourth block, and nobody else runs.
  const ServedStep full = serve(scheduler);
  EXPECT_EQ(full.tokens, (Tokens{{A, 1}}));
  EXPECT_EQ(full.preempted, Ids{B});
  EXPECT_EQ(scheduler.request(b).status, RequestStatus::preempted);
  for (int step = 0; step < 3; ++step) EXPECT_EQ(serve(scheduler).tokens, (Tokens{{A, 1}}));
  // All 3 + 1 tokens of B, of which 3 were there before.
  EXPECT_EQ(serve(scheduler).tokens, (Tokens{{B, 4}}));
  EXPECT_EQ(scheduler.counts().recomputed_tokens, 3);
}

TEST(KeptBlocks, StayUntilTheyAreReleased) {
  VllmV1 scheduler(options_of(4, 4, 16, 4));
  const std::uint32_t a = scheduler.add_keeping(request_of(A, 8, 1));
  scheduler.add(request_of(B, 12, 1));
  const ServedStep first = serve(scheduler);
  EXPECT_EQ(first.tokens, (Tokens{{A, 8}}));
  EXPECT_EQ(first.finished, Ids{A});
  EXPECT_EQ(first.used_at_end, 2);
  EXPECT_EQ(scheduler.running_count(), 0);
  EXPECT_TRUE(serve(scheduler).tokens.empty());
  scheduler.release_kept(a);
  EXPECT_EQ(scheduler.blocks_used(), 0);
  EXPECT_EQ(serve(scheduler).tokens, (Tokens{{B, 12}}));
}

}  // namespace
}  // namespace upmem_des
