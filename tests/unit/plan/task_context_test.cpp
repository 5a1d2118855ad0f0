/// Context parallel: groups that share the tokens and the caches of the same sequences.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kv_bench.hpp"
#include "plan/tasks/context_split.hpp"
#include "plan/tasks/kv_caches.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using namespace test::kv;
using test::linear;
using test::on;
using ::testing::DoubleEq;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

/// Groups of devices, of which so many that follow each other share sequences.
MapTarget sharing(std::vector<DeviceIndex> devices, std::size_t groups, std::size_t context) {
  MapTarget target = on(std::move(devices));
  if (groups == target.devices.size())
    target.split = Split::Replicas;
  else
    target.replicas = groups;
  target.context = context;
  return target;
}

/// The first event has its input from the host.
std::vector<std::string> between_devices(const KvBench& bench, std::size_t event) {
  std::vector<std::string> moved;
  for (const std::string& one : bench.transfers_of(event))
    if (one.rfind("HOST", 0) != 0) moved.push_back(one);
  return moved;
}

/// Of all devices together.
struct Sums {
  double flop = 0, kv_bytes = 0, memory_bytes = 0;
};

Sums sums_of(const EventTasks& event) {
  Sums sums;
  for (const Task& task : event.tasks) {
    if (task.kind != Task::Kind::Compute || !std::string(task.purpose).empty()) continue;
    sums.flop += task.demand[0].flop;
    sums.kv_bytes += task.demand[0].kv_bytes;
    sums.memory_bytes += task.demand[0].memory_bytes;
  }
  return sums;
}

class Planned : public KvBench {
 public:
  Planned(std::size_t devices, const MapTarget& target) : KvBench(devices) {
    mapping.common().set_default(target);
    plan(passes());
  }
};

constexpr HeadCounts heads{query_heads, kv_heads};

}  // namespace

TEST(ContextTraffic, IsTheFewerNumbers) {
  // Prefill of 5 rows: keys and values 2 · 5 · 4 heads · 32; queries 2 · 5 · 8 heads · 16, outputs one more a head.
  const ContextTraffic prefill = context_traffic(attention(5, 5, 0), heads);
  EXPECT_EQ(1280, prefill.keys);
  EXPECT_EQ(1280, prefill.queries);
  EXPECT_EQ(1360, prefill.outputs);
  EXPECT_TRUE(prefill.sends_keys());
  // A token after 99: 2 · 100 · 4 · 32, 2 · 8 · 16, 2 · 8 · 17.
  const ContextTraffic decode = context_traffic(attention(1, 100, 1), heads);
  EXPECT_EQ(25600, decode.keys);
  EXPECT_EQ(256, decode.queries);
  EXPECT_EQ(272, decode.outputs);
  EXPECT_FALSE(decode.sends_keys());
}

TEST(ContextTraffic, OfLatentAttentionIsTheLatentRow) {
  LayerEvent event = attention(1, 100, 1);
  operation::Attention latent;
  latent.latent_width = 40;
  event.operation = &keep(latent);
  EXPECT_EQ(2 * 100 * 40, context_traffic(event, heads).keys);
  latent.is_expanded = true;
  event.operation = &keep(latent);
  EXPECT_EQ(2 * 100 * 8 * 32, context_traffic(event, heads).keys);
}

TEST(Context, PrefillGathersKeysAndSharesTheWork) {
  const Planned one(1, on({1})), two(2, sharing({1, 2}, 2, 2));
  // 1280 keys and values of 2 bytes in ten tokens, five on each.
  EXPECT_THAT(between_devices(two, 0), ElementsAre("direct over A+B 1280"));
  const Sums whole = sums_of(one.events[0]), shared = sums_of(two.events[0]);
  EXPECT_DOUBLE_EQ(whole.flop, shared.flop);
  EXPECT_DOUBLE_EQ(whole.memory_bytes, shared.memory_bytes);  // queries and outputs
  EXPECT_DOUBLE_EQ(2 * whole.kv_bytes, shared.kv_bytes);      // both read all keys
}

TEST(Context, DecodeSendsQueriesAndAddsOutputsUp) {
  const Planned one(1, on({1})), two(2, sharing({1, 2}, 2, 2));
  // Two sequences, one token each: 256 queries of 2 bytes, half to the other device; then 272 outputs and weights.
  EXPECT_THAT(two.transfers_of(2), ElementsAre("direct over A+B 256", "direct over A+B 272"));
  const Sums whole = sums_of(one.events[2]), shared = sums_of(two.events[2]);
  EXPECT_DOUBLE_EQ(whole.flop, shared.flop);
  EXPECT_DOUBLE_EQ(whole.kv_bytes, shared.kv_bytes);
  EXPECT_DOUBLE_EQ(2 * whole.memory_bytes, shared.memory_bytes);  // both read all queries and write all outputs
  EXPECT_EQ(0, two.cache_moves_B());
}

TEST(Context, InGroupsHeadsAreSharedWithin) {
  // Two groups of two: a column has half of the heads, and exchanges half of the keys.
  const Planned four(4, sharing({1, 2, 3, 4}, 2, 2));
  EXPECT_THAT(between_devices(four, 0), ElementsAre("direct over A+C 640", "direct over B+D 640"));
  EXPECT_DOUBLE_EQ(sums_of(Planned(1, on({1})).events[0]).flop, sums_of(four.events[0]).flop);
}

TEST(Context, OnlyThoseThatShareASequenceExchange) {
  // Four devices, two for each of the two sequences: the first has two of the five tokens, of 1280 bytes of keys.
  const Planned four(4, sharing({1, 2, 3, 4}, 4, 2));
  EXPECT_THAT(between_devices(four, 0), ElementsAre("A>B 512", "B>A 768", "C>D 512", "D>C 768"));
  EXPECT_DOUBLE_EQ(sums_of(Planned(1, on({1})).events[0]).flop, sums_of(four.events[0]).flop);
}

TEST(Context, OtherLayersHaveTokensOfTheirOwn) {
  Spread spread = sharing({1, 2, 3, 4}, 4, 2);
  LayerEvent event = linear("up", 1, 10, 20);
  event.input_shape = {2, 3, 10};
  event.output_shape = {2, 3, 20};
  const PartSplit split = split_event(event, spread, {}, heads);
  std::vector<std::int64_t> tokens;
  for (const Part& part : split.parts) tokens.push_back(part.event.output_shape[1]);
  EXPECT_THAT(tokens, ElementsAre(1, 2, 1, 2));  // the three tokens of either sequence
  EXPECT_THAT(split.shares, ElementsAre(1.0 / 6, 2.0 / 6, 1.0 / 6, 2.0 / 6));
  EXPECT_EQ(Layout::Rows, split.gives);
}

TEST(Context, ATokenOfItsOwnIsWithOneDevice) {
  LayerEvent event = linear("up", 1, 10, 20);
  event.input_shape = {1, 1, 10};
  event.output_shape = {1, 1, 20};
  const PartSplit split = split_event(event, sharing({1, 2}, 2, 2), {}, heads);
  EXPECT_TRUE(split.parts[0].empty);
  EXPECT_FALSE(split.parts[1].empty);
  LayerEvent decode = attention(1, 100, 1);
  decode.input_shape[0] = decode.output_shape[0] = 1;
  for (const Part& part : split_event(decode, sharing({1, 2}, 2, 2), {}, heads).parts) {
    EXPECT_FALSE(part.empty);  // its cache is on both
    EXPECT_DOUBLE_EQ(0.5, part.context.share);
  }
}

TEST(Context, CachesAreSharesOfEachSequence) {
  const KvPlace place = kv_place(attention(5, 5, 0), sharing({1, 2, 3, 4}, 4, 2), kv_heads);
  std::vector<double> first, end;
  for (const KvPlace::Hold& hold : place.holds) {
    first.push_back(hold.first_row);
    end.push_back(hold.end_row);
  }
  EXPECT_THAT(first, ElementsAre(0, 0.25, 0.5, 0.75));
  EXPECT_THAT(end, ElementsAre(0.25, 0.5, 0.75, 1));
}

TEST(Context, ItsCacheMovesToOneDevice) {
  KvBench bench(3);
  bench.mapping.of(Phase::Prefill).set_default(sharing({1, 2}, 2, 2));
  bench.mapping.of(Phase::Decode).set_default(on({3}));
  bench.plan(passes());
  EXPECT_DOUBLE_EQ(2.0 * batch * kv_heads * 5 * width * 2, bench.cache_moves_B());
  EXPECT_DOUBLE_EQ(bench.moved_B(1, 3), bench.moved_B(2, 3));
}

TEST(Context, WhatGoesAlongASequenceIsRefused) {
  LayerEvent convolution = test::layer("conv", {1, 4, 8}, {1, 4, 8});
  operation::Convolution along;
  along.dimensions = 1;
  convolution.operation = &keep(along);
  EXPECT_FALSE(shares_tokens(convolution));
  EXPECT_FALSE(shares_tokens([] {
    LayerEvent event = test::layer("scan", {1, 4, 8}, {1, 4, 8});
    event.operation = &keep(operation::StateScan());
    return event;
  }()));
  EXPECT_TRUE(shares_tokens(linear("up", 1, 10, 20)));
  KvBench bench(2);
  bench.mapping.common().set_default(sharing({1, 2}, 2, 2));
  EXPECT_THROW(bench.plan({convolution}), InputError);
}
