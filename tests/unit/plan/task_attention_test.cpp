/// Heads and KV caches of attention on several devices, under the roofline model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kv_bench.hpp"
#include "plan/tasks/part_split.hpp"

using namespace upmem_des;
using namespace test::kv;
using test::on;
using test::star;
using test::TaskBench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

// Keys and values: 2 x batch x KV heads x 5 rows x width x 2 bytes.
constexpr double cache_B = 2.0 * batch * kv_heads * 5 * width * 2;

}  // namespace

TEST(HeadRange, CutsBetweenHeadsAndKeepsGroupsTogether) {
  // 64 query heads, 8 KV heads, 24 devices: 2 or 3 query heads; device 2 has heads 5 to 7 of group 0, device 3 8 to 9.
  EXPECT_EQ(0, head_range(64, 8, 0, 24).first);
  EXPECT_EQ(2, head_range(64, 8, 0, 24).end);
  EXPECT_EQ(5, head_range(64, 8, 2, 24).first);
  EXPECT_EQ(8, head_range(64, 8, 2, 24).end);
  EXPECT_EQ(0, head_range(64, 8, 2, 24).first_kv);
  EXPECT_EQ(1, head_range(64, 8, 2, 24).end_kv);
  std::int64_t heads = 0;
  for (std::size_t i = 0; i < 24; ++i) heads += head_range(64, 8, i, 24).end - head_range(64, 8, i, 24).first;
  EXPECT_EQ(64, heads);
  // More devices than heads: device 0 of 16 has none of 8.
  EXPECT_EQ(head_range(8, 8, 0, 16).first, head_range(8, 8, 0, 16).end);
  EXPECT_EQ(head_range(8, 8, 0, 16).first_kv, head_range(8, 8, 0, 16).end_kv);
}

TEST(KvCache, MovesExactlyOnceBetweenPrefillAndDecode) {
  KvBench bench(2);
  bench.mapping.of(Phase::Prefill).set_default(on({1}));
  bench.mapping.of(Phase::Decode).set_default(on({2}));
  bench.plan(passes());
  EXPECT_DOUBLE_EQ(cache_B, bench.cache_moves_B());
  // It sets out with the prefill's attention, not with decode's.
  double bytes = 0;
  for (const Task& task : bench.events[0].tasks)
    if (std::string(task.purpose) == "KV cache") bytes += task.bytes;
  EXPECT_DOUBLE_EQ(cache_B, bytes);
}

TEST(KvCache, DecodeWaitsForIt) {
  KvBench bench(2);
  for (const bool moves : {false, true}) {
    KvBench run(2);
    run.mapping.of(Phase::Prefill).set_default(on({1}));
    run.mapping.of(Phase::Decode).set_default(on({moves ? 2U : 1U}));
    run.plan(passes());
    double arrived_s = 0;
    for (const auto& timed : run.tasks)
      if (std::string(timed.task.purpose) == "KV cache") arrived_s = timed.end_s;
    EXPECT_EQ(moves, arrived_s > 0);
    EXPECT_GE(run.tasks[static_cast<std::size_t>(run.events[2].tasks.back().id)].start_s, arrived_s);
  }
}

TEST(KvCache, GoesByWayOfTheHostWithoutADirectRoute) {
  KvBench bench(2, /*mesh=*/false);
  bench.mapping.of(Phase::Prefill).set_default(on({1}));
  bench.mapping.of(Phase::Decode).set_default(on({2}));
  bench.plan(passes());
  EXPECT_DOUBLE_EQ(2 * cache_B, bench.cache_moves_B());  // up, and down again
}

TEST(KvCache, IsDealtOutByHeads) {
  KvBench bench(3);
  bench.mapping.of(Phase::Prefill).set_default(on({1}));
  bench.mapping.of(Phase::Decode).set_default(on({2, 3}));
  bench.plan(passes());
  EXPECT_DOUBLE_EQ(cache_B, bench.cache_moves_B());
  std::vector<double> bytes;
  for (const Task& task : bench.events[0].tasks)
    if (std::string(task.purpose) == "KV cache") bytes.push_back(task.bytes);
  EXPECT_THAT(bytes, ElementsAre(cache_B / 2, cache_B / 2));
}

TEST(KvCache, StaysWhereItsHeadsStay) {
  KvBench bench(4);
  bench.mapping.of(Phase::Prefill).set_default(on({1, 2}));
  bench.mapping.of(Phase::Decode).set_default(on({1, 2, 3, 4}));
  bench.plan(passes());
  // A keeps head 0 and sends head 1 to B, which keeps none of its own and sends 2 to C and 3 to D: 3 of 4 heads move.
  EXPECT_DOUBLE_EQ(cache_B * 3 / 4, bench.cache_moves_B());
}

TEST(KvCache, IsDealtOutByRowsToReplicas) {
  KvBench bench(3);
  bench.mapping.of(Phase::Prefill).set_default(on({1}));
  bench.mapping.of(Phase::Decode).set_default(on({2, 3}, Split::Replicas));
  bench.plan(passes());
  EXPECT_DOUBLE_EQ(cache_B, bench.cache_moves_B());
}

// With more replicas than rows some hold nothing, and others a whole row each.
TEST(KvCache, ComesFromReplicasOfWhichSomeHoldNothing) {
  for (const std::size_t replicas : {2, 3, 5}) {
    KvBench bench(6);
    std::vector<DeviceIndex> devices;
    for (std::size_t i = 1; i <= replicas; ++i) devices.push_back(i);
    bench.mapping.of(Phase::Prefill).set_default(on(devices, Split::Replicas));
    bench.mapping.of(Phase::Decode).set_default(on({6}));
    bench.plan(passes());
    EXPECT_DOUBLE_EQ(cache_B, bench.cache_moves_B()) << replicas;
  }
}

TEST(KvCache, NothingMovesWhereThePhasesAgree) {
  KvBench bench(2);
  bench.mapping.of(Phase::Prefill).set_default(on({1, 2}));
  bench.mapping.of(Phase::Decode).set_default(on({1, 2}));
  bench.plan(passes());
  EXPECT_DOUBLE_EQ(0, bench.cache_moves_B());
}

TEST(HeadSplit, EachDeviceReadsItsShareOfTheCacheAndComputesItsHeads) {
  KvBench one(2), two(2);
  one.mapping.set_default(1);
  two.mapping.common().set_default(on({1, 2}));
  one.plan(passes());
  two.plan(passes());
  const Step& whole = one.events[2].tasks.back().demand[0];
  double flop = 0, kv_bytes = 0;
  for (const Task& task : two.events[2].tasks)
    if (task.kind == Task::Kind::Compute && std::string(task.purpose).empty()) {
      flop += task.demand[0].flop;
      kv_bytes += task.demand[0].kv_bytes;
      EXPECT_DOUBLE_EQ(whole.kv_bytes / 2, task.demand[0].kv_bytes);
    }
  EXPECT_DOUBLE_EQ(whole.flop, flop);
  EXPECT_DOUBLE_EQ(whole.kv_bytes, kv_bytes);
}

TEST(HeadSplit, ACacheHeadIsWithEveryDeviceThatHasAQueryOfItsGroup) {
  // 8 devices, 8 query heads, 4 KV heads: each device reads a whole KV head, so twice the cache in all.
  KvBench one(8), eight(8);
  one.mapping.set_default(1);
  eight.mapping.common().set_default(on({1, 2, 3, 4, 5, 6, 7, 8}));
  one.plan(passes());
  eight.plan(passes());
  double kv_bytes = 0;
  for (const Task& task : eight.events[2].tasks)
    if (task.kind == Task::Kind::Compute && std::string(task.purpose).empty()) kv_bytes += task.demand[0].kv_bytes;
  EXPECT_DOUBLE_EQ(2 * one.events[2].tasks.back().demand[0].kv_bytes, kv_bytes);
}

Spread three_devices() {
  Spread group;
  group.devices = {1, 2, 3};
  return group;
}

TEST(HeadSplit, ProjectionsAreCutBetweenHeads) {
  LayerEvent q = test::linear("q_proj", 4, 128, query_heads * width);
  const PartSplit parts = split_tensors(q, three_devices(), {}, {query_heads, kv_heads});
  std::vector<std::int64_t> columns;
  for (const Part& part : parts.parts) columns.push_back(part.event.output_shape.from_end(0) / width);
  EXPECT_THAT(columns, ElementsAre(2, 3, 3));  // whole heads: 0-1, 2-4, 5-7
  LayerEvent k = test::linear("k_proj", 4, 128, kv_heads * width);
  columns.clear();
  for (const Part& part : split_tensors(k, three_devices(), {}, {query_heads, kv_heads}).parts)
    columns.push_back(part.event.output_shape.from_end(0) / width);
  EXPECT_THAT(columns, ElementsAre(1, 2, 2));  // groups of heads 0-1, 2-4 (two groups), 5-7 (two groups)
}

TEST(HeadSplit, WithoutKnownHeadsColumnsAreCut) {
  LayerEvent q = test::linear("q_proj", 4, 128, 128);
  std::vector<std::int64_t> columns;
  for (const Part& part : split_tensors(q, three_devices(), {}, {}).parts)
    columns.push_back(part.event.output_shape.from_end(0));
  EXPECT_THAT(columns, ElementsAre(42, 43, 43));
}
