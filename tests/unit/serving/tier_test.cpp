// A scheduler whose cache has a second level. Worked by hand.
#include <gtest/gtest.h>

#include "served.hpp"
#include "serving/schedulers/vllm_v1.hpp"
#include "upmem_des/serving/kv_tier.hpp"

namespace upmem_des {
namespace {

constexpr std::int64_t A = 0;
constexpr std::int64_t B = 1;
constexpr std::int64_t C = 2;

Request of_source(std::int64_t id, std::int64_t source, std::int64_t prompt, std::int64_t outputs = 1) {
  Request request = request_of(id, prompt, outputs);
  request.content = {{source, prompt}};
  return request;
}

SchedulerOptions with_tier(std::int64_t blocks, std::int64_t tier_blocks, bool takes_evicted = false) {
  SchedulerOptions options = options_of(4, blocks, 64, 4);
  options.tier_blocks = tier_blocks;
  options.tier_takes_evicted = takes_evicted;
  return options;
}

/// What a step sends to the tier, which has arrived when this returns.
std::vector<BlockStore> step_and_store(Scheduler& scheduler) {
  Pass pass;
  StepEnd end;
  scheduler.schedule(0, pass);
  scheduler.stored(pass.displaced);
  if (!pass.empty()) scheduler.end_step(pass, end);
  std::vector<BlockStore> all = pass.full;
  all.insert(all.end(), end.full.begin(), end.full.end());
  scheduler.stored(all);
  all.insert(all.end(), pass.displaced.begin(), pass.displaced.end());
  return all;
}

TEST(Tier, FullBlocksGoThereAndStayUntilTheyHaveArrived) {
  VllmV1 scheduler(with_tier(6, 10));
  const std::uint32_t a = scheduler.add(of_source(A, 7, 9));
  Pass pass;
  StepEnd end;
  scheduler.schedule(0, pass);
  // 9 tokens fill two of three blocks.
  ASSERT_EQ(pass.full.size(), 2u);
  EXPECT_EQ(pass.full[0].slot, a);
  EXPECT_EQ(pass.full[1].block, scheduler.request(a).blocks[1]);
  EXPECT_TRUE(pass.full[1].of_prompt);
  EXPECT_EQ(scheduler.blocks_used(), 3);
  scheduler.end_step(pass, end);
  EXPECT_EQ(end.finished.size(), 1u);
  EXPECT_EQ(scheduler.blocks_used(), 2);
  EXPECT_FALSE(scheduler.tier()->has(pass.full[0].hash));
  scheduler.stored(pass.full);
  EXPECT_EQ(scheduler.blocks_used(), 0);
  EXPECT_TRUE(scheduler.tier()->has(pass.full[0].hash));
  EXPECT_EQ(scheduler.tier()->used(), 2);
}

TEST(Tier, WhatTheDeviceHasLostIsFetched) {
  VllmV1 scheduler(with_tier(6, 10));
  scheduler.add(of_source(A, 7, 9));
  EXPECT_EQ(step_and_store(scheduler).size(), 2u);
  // All six blocks.
  scheduler.add(of_source(B, 8, 24));
  EXPECT_EQ(step_and_store(scheduler).size(), 6u);
  EXPECT_EQ(scheduler.cached_tokens(of_source(C, 7, 12)), 8);
  const std::uint32_t c = scheduler.add(of_source(C, 7, 12));
  Pass pass;
  StepEnd end;
  scheduler.schedule(0, pass);
  EXPECT_TRUE(pass.empty());
  EXPECT_EQ(pass.fetching, std::vector<std::uint32_t>{c});
  EXPECT_EQ(scheduler.request(c).status, RequestStatus::waits_for_cache);
  EXPECT_EQ(scheduler.request(c).coming_blocks, 2);
  EXPECT_EQ(scheduler.request(c).coming_tokens, 8);
  // Blocks for what comes, and no more.
  EXPECT_EQ(scheduler.blocks_used(), 2);
  EXPECT_EQ(scheduler.waiting_count(), 1);
  scheduler.fetched(c);
  scheduler.schedule(0, pass);
  ASSERT_EQ(pass.scheduled.size(), 1u);
  EXPECT_EQ(pass.scheduled[0].context, 8);
  EXPECT_EQ(pass.scheduled[0].tokens, 4);
  EXPECT_EQ(scheduler.request(c).hit_tokens, 8);
  EXPECT_EQ(scheduler.request(c).tier_hit_tokens, 8);
  EXPECT_EQ(scheduler.counts().tier_hit_tokens, 8);
  // Of its three blocks two came from there.
  EXPECT_EQ(pass.full.size(), 1u);
}

TEST(Tier, TheDevicesOwnComeFirst) {
  VllmV1 scheduler(with_tier(6, 10));
  scheduler.add(of_source(A, 7, 9));
  step_and_store(scheduler);
  // Free are 3, 4, 5, A's third, second and first: five of them leave its first.
  scheduler.add(of_source(B, 8, 20));
  step_and_store(scheduler);
  const std::uint32_t c = scheduler.add(of_source(C, 7, 12));
  Pass pass;
  scheduler.schedule(0, pass);
  EXPECT_EQ(pass.fetching, std::vector<std::uint32_t>{c});
  EXPECT_EQ(scheduler.request(c).coming_blocks, 1);
  EXPECT_EQ(scheduler.request(c).coming_tokens, 8);
  EXPECT_EQ(scheduler.request(c).hit_tokens, 8);
  EXPECT_EQ(scheduler.request(c).tier_hit_tokens, 4);
}

TEST(Tier, TheLastTokenIsAlwaysComputed) {
  VllmV1 scheduler(with_tier(6, 10));
  scheduler.add(of_source(A, 7, 8));
  EXPECT_EQ(step_and_store(scheduler).size(), 2u);
  scheduler.add(of_source(B, 8, 24));
  step_and_store(scheduler);
  const std::uint32_t c = scheduler.add(of_source(C, 7, 8));
  Pass pass;
  scheduler.schedule(0, pass);
  EXPECT_EQ(scheduler.request(c).coming_tokens, 4);
}

/// For a draft that wants the last block that is found to be computed: of both levels together.
TEST(Tier, TheLastThatIsFoundCanBeComputedAgain) {
  SchedulerOptions options = with_tier(6, 20);
  options.recomputes_last_hit = true;
  VllmV1 scheduler(options);
  scheduler.add(of_source(A, 7, 13));
  EXPECT_EQ(step_and_store(scheduler).size(), 3u);
  EXPECT_EQ(scheduler.cached_tokens(of_source(C, 7, 13)), 8);
  scheduler.add(of_source(B, 8, 24));
  step_and_store(scheduler);
  EXPECT_EQ(scheduler.cached_tokens(of_source(C, 7, 13)), 8);
  const std::uint32_t c = scheduler.add(of_source(C, 7, 13));
  Pass pass;
  scheduler.schedule(0, pass);
  EXPECT_EQ(scheduler.request(c).coming_tokens, 8);
}

/// Of a request that has ended its last block goes first; what somebody else has used in between stays.
TEST(Tier, TheEndOfARequestGoesFirst) {
  VllmV1 scheduler(with_tier(20, 6));
  scheduler.add(of_source(A, 7, 16));
  const std::vector<BlockStore> a = step_and_store(scheduler);
  scheduler.add(of_source(B, 8, 16));
  const std::vector<BlockStore> b = step_and_store(scheduler);
  ASSERT_EQ(a.size(), 4u);
  ASSERT_EQ(b.size(), 4u);
  std::string there;
  for (const BlockStore& store : a) there += scheduler.tier()->has(store.hash) ? "1" : "0";
  for (const BlockStore& store : b) there += scheduler.tier()->has(store.hash) ? "1" : "0";
  EXPECT_EQ(there, "11001111");
}

/// And while it lives: of what became full in one step.
TEST(Tier, LaterBlocksOfOneStepGoFirst) {
  VllmV1 scheduler(with_tier(20, 6));
  scheduler.add(of_source(A, 7, 16, 4));
  const std::vector<BlockStore> a = step_and_store(scheduler);
  scheduler.add(of_source(B, 8, 16));
  EXPECT_EQ(step_and_store(scheduler).size(), 4u);
  ASSERT_EQ(a.size(), 4u);
  std::string there;
  for (const BlockStore& store : a) there += scheduler.tier()->has(store.hash) ? "1" : "0";
  EXPECT_EQ(there, "1100");
}

/// B is the last to be let in and loses its blocks to A, which writes over them. When A has ended, B goes on behind
/// what it finds in the tier.
TEST(Tier, WhoWasPreemptedFindsItsOwn) {
  VllmV1 scheduler(with_tier(5, 20));
  scheduler.add(of_source(A, 7, 8, 12));
  const std::uint32_t b = scheduler.add(of_source(B, 8, 8, 4));
  step_and_store(scheduler);
  // The ninth token of A is in the fifth block.
  step_and_store(scheduler);
  EXPECT_EQ(scheduler.request(b).status, RequestStatus::preempted);
  // 8 + 12 - 1 tokens of A fill all five.
  for (int step = 0; step < 10; ++step) {
    EXPECT_EQ(scheduler.running_count(), 1) << step;
    step_and_store(scheduler);
  }
  EXPECT_EQ(scheduler.running_count(), 0);
  Pass pass;
  scheduler.schedule(0, pass);
  EXPECT_EQ(pass.fetching, std::vector<std::uint32_t>{b});
  EXPECT_EQ(scheduler.request(b).coming_tokens, 8);
  scheduler.fetched(b);
  scheduler.schedule(0, pass);
  ASSERT_EQ(pass.scheduled.size(), 1u);
  EXPECT_TRUE(pass.scheduled[0].resumed);
  EXPECT_EQ(pass.scheduled[0].context, 8);
  EXPECT_EQ(pass.scheduled[0].tokens, 1);
  EXPECT_EQ(scheduler.counts().recomputed_tokens, 0);
}

/// C has what it fetched, and nobody runs; but B's blocks will be free when they have been stored.
TEST(Tier, WhatWaitsKeepsItsBlocksWhileOthersAreStored) {
  SchedulerOptions options = with_tier(6, 20);
  options.reserve_full_prompt = false;
  VllmV1 scheduler(options);
  scheduler.add(of_source(A, 7, 9));
  step_and_store(scheduler);
  scheduler.add(of_source(B, 8, 24));
  step_and_store(scheduler);
  Pass of_b, pass;
  StepEnd end;
  scheduler.add(of_source(B, 9, 16));
  scheduler.schedule(0, of_b);
  scheduler.end_step(of_b, end);
  EXPECT_EQ(scheduler.blocks_used(), 4);
  const std::uint32_t c = scheduler.add(of_source(C, 7, 12));
  scheduler.schedule(0, pass);
  EXPECT_EQ(pass.fetching, std::vector<std::uint32_t>{c});
  scheduler.fetched(c);
  scheduler.schedule(0, pass);
  EXPECT_TRUE(pass.empty());
  EXPECT_TRUE(pass.preempted.empty());
  EXPECT_EQ(scheduler.request(c).blocks.size(), 2u);
  scheduler.stored(of_b.full);
  scheduler.schedule(0, pass);
  ASSERT_EQ(pass.scheduled.size(), 1u);
  EXPECT_EQ(pass.scheduled[0].context, 8);
}

TEST(Tier, TokensThatArePutOutGoThereTwoStepsAhead) {
  SchedulerOptions options = with_tier(6, 10);
  options.async = true;
  VllmV1 scheduler(options);
  scheduler.add(of_source(A, 7, 3, 6));
  std::deque<Pass> under_way;
  std::int64_t full = 0;
  for (int step = 0; step < 8; ++step) {
    Pass pass;
    StepEnd end;
    scheduler.schedule(0, pass);
    full += static_cast<std::int64_t>(pass.full.size());
    if (!pass.empty()) under_way.push_back(pass);
    if (under_way.empty() || (!pass.empty() && under_way.size() < 2)) continue;
    scheduler.end_step(under_way.front(), end);
    under_way.pop_front();
    full += static_cast<std::int64_t>(end.full.size());
    for (const BlockStore& store : end.full) EXPECT_EQ(store.of_prompt, full == 1);
  }
  // 3 + 6 - 1 tokens are computed.
  EXPECT_EQ(full, 2);
}

/// Both compute the block of their last token: there are two of it, and it is evicted with the second one.
TEST(Tier, WhatIsThereTwiceIsEvictedOnce) {
  VllmV1 scheduler(with_tier(6, 10, true));
  scheduler.add(of_source(A, 7, 8));
  scheduler.add(of_source(B, 7, 8));
  step_and_store(scheduler);
  // Free are 3, 4, 5, the second block of A, that of B, and the first of both.
  scheduler.add(of_source(C, 8, 16));
  EXPECT_TRUE(step_and_store(scheduler).empty());
  scheduler.add(of_source(A, 9, 4));
  EXPECT_EQ(step_and_store(scheduler).size(), 1u);
}

TEST(Tier, WhatIsEvictedGoesThereBeforeItsPlaceIsTaken) {
  VllmV1 scheduler(with_tier(6, 10, true));
  scheduler.add(of_source(A, 7, 9));
  EXPECT_TRUE(step_and_store(scheduler).empty());
  EXPECT_EQ(scheduler.blocks_used(), 0);
  const std::uint32_t b = scheduler.add(of_source(B, 8, 24));
  Pass pass;
  StepEnd end;
  scheduler.schedule(0, pass);
  ASSERT_EQ(pass.displaced.size(), 2u);
  EXPECT_EQ(pass.displaced[0].slot, b);
  EXPECT_EQ(pass.displaced[0].block, KvBlocks::none);
  EXPECT_TRUE(pass.full.empty());
  EXPECT_FALSE(scheduler.tier()->has(pass.displaced[0].hash));
  scheduler.stored(pass.displaced);
  scheduler.end_step(pass, end);
  EXPECT_EQ(scheduler.tier()->used(), 2);
  // It finds A's two blocks; for them two of B's six go.
  scheduler.add(of_source(C, 7, 12));
  scheduler.schedule(0, pass);
  EXPECT_EQ(pass.fetching.size(), 1u);
  EXPECT_EQ(pass.displaced.size(), 2u);
  EXPECT_EQ(scheduler.counts().tier_hit_tokens, 8);
}

}  // namespace
}  // namespace upmem_des
