#include "plan/tasks/task_planner.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "task_bench.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using test::linear;
using test::on;
using test::star;
using test::TaskBench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

namespace {

// test::device(): 1 TFLOP/s, memory 100 GB/s, 10 GB/s from the host and 5 GB/s to it; mesh links 20 GB/s.
constexpr double flops = 1e12, memory = 100e9, down = 10e9, up = 5e9, mesh_Bps = 20e9;

double product_s(double rows, double in, double out) {
  return std::max(2 * rows * in * out / flops, 2 * in * out / memory);
}

LayerEvent elementwise(const char* type, std::int64_t rows, std::int64_t width, std::vector<std::int64_t> deps) {
  LayerEvent event = test::layer("return", {rows, width}, {rows, width}, type);
  event.deps = std::move(deps);
  return event;
}

LayerEvent of_expert(LayerEvent event, std::int64_t expert) {
  event.experts = {expert};
  return event;
}

}  // namespace

TEST(TaskPlanner, EventsWithoutDepsAreAChain) {
  TaskBench bench(star(1));
  bench.mapping.set_default(1);
  bench.plan({linear("a", 100, 1000, 1000), linear("b", 100, 1000, 1000)});
  // The input of a, 200 kB, then both products; at the end nothing has passed, so nothing returns.
  EXPECT_THAT(bench.transfers(), ElementsAre("HOST>A 200000"));
  EXPECT_DOUBLE_EQ(200e3 / down + 2 * product_s(100, 1000, 1000), bench.end_s);
}

TEST(TaskPlanner, IndependentEventsOnTwoDevicesEndAtTheMaximum) {
  TaskBench bench(star(2));
  bench.mapping.set(Name("a"), on({1}));
  bench.mapping.set(Name("b"), on({2}));
  bench.plan({linear("x", 10, 10, 1000), linear("a", 10, 1000, 500, {0}), linear("b", 10, 1000, 3000, {0})});
  const double ready = product_s(10, 10, 1000) + 20e3 / down;
  EXPECT_DOUBLE_EQ(ready + product_s(10, 1000, 500), bench.event_end_s(1));
  EXPECT_DOUBLE_EQ(ready + product_s(10, 1000, 3000), bench.event_end_s(2));
}

TEST(TaskPlanner, SequentialEventsWaitForTheWholeEventBefore) {
  TaskBench bench(star(2));
  bench.rules.schedule = Schedule::Sequential;
  bench.mapping.set(Name("a"), on({1}));
  bench.mapping.set(Name("b"), on({2}));
  bench.plan({linear("x", 10, 10, 1000), linear("a", 10, 1000, 500, {0}), linear("b", 10, 1000, 3000, {0})});
  EXPECT_DOUBLE_EQ(product_s(10, 10, 1000) + 2 * 20e3 / down + product_s(10, 1000, 500) + product_s(10, 1000, 3000),
                   bench.event_end_s(2));
}

TEST(TaskPlanner, ATensorIsSentToADeviceOnce) {
  TaskBench bench(star(2));
  bench.mapping.set(Name("norm"), on({2}));
  bench.mapping.set_default(1);
  bench.plan({linear("norm", 4, 10, 10), linear("q", 4, 10, 10, {0}), linear("k", 4, 10, 10, {0}),
              linear("v", 4, 10, 10, {0})});
  EXPECT_THAT(bench.transfers(), ElementsAre("HOST>B 80", "B>HOST 80", "HOST>A 80"));
}

TEST(TaskPlanner, ATransferPointTakesItsInputFromTheHostEveryTime) {
  TaskBench bench(star(1));
  MapTarget t = on({1});
  t.transfer_point = true;
  bench.mapping.set(Name("t"), t);
  bench.mapping.set_default(1);
  bench.plan({linear("a", 4, 10, 10), linear("t", 4, 10, 10, {0}), linear("t", 4, 10, 10, {0})});
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("A>HOST 80", "HOST>A 80"));
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("HOST>A 80"));  // the host has it already
}

TEST(TaskPlanner, DevicesWithADirectRouteUseIt) {
  TaskBench bench(star(2, /*mesh=*/true));
  bench.mapping.set(Name("a"), on({1}));
  bench.mapping.set(Name("b"), on({2}));
  bench.plan({linear("a", 4, 10, 10), linear("b", 4, 10, 10)});
  EXPECT_THAT(bench.transfers(), ElementsAre("HOST>A 80", "A>B 80"));
}

TEST(TaskPlanner, TheEndReturnsTheLastLayersInputOncePerPass) {
  TaskBench bench(star(1));
  bench.mapping.set_default(1);
  bench.plan({linear("head", 4, 10, 10), linear("head", 1, 10, 10)});
  EXPECT_FALSE(bench.events.back().is_event);
  EXPECT_EQ(Phase::Decode, bench.events.back().phase);
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("A>HOST 40"));  // 1 x 10 x 2 bytes, two passes
}

TEST(TaskPlanner, PrefillEndsWithTheFirstCallOfTheLastLayer) {
  TaskBench bench(star(1));
  bench.mapping.set_default(1);
  bench.plan(
      {linear("body", 4, 10, 10), linear("head", 4, 10, 10), linear("body", 1, 10, 10), linear("head", 1, 10, 10)});
  for (const EventTasks& event : bench.events)
    for (const Task& task : event.tasks)
      EXPECT_EQ(task.ends_prefill, &event == &bench.events[1] && &task == &event.tasks.back());
  EXPECT_EQ(Phase::Prefill, bench.events[1].phase);
  EXPECT_EQ(Phase::Decode, bench.events[2].phase);
}

// Tensor parallelism ------------------------------------------------------------------------------------------------

TEST(TensorSplit, AColumnThenARowLinearByWayOfTheHost) {
  TaskBench bench(star(2));
  bench.mapping.set(Name("head"), on({0}));
  bench.mapping.set_default(1);
  bench.mapping.common().set_default(on({1, 2}));
  bench.fixed[static_cast<std::size_t>(Collective::Reduce)] = "host";
  bench.plan({linear("up", 8, 100, 400), linear("down", 8, 400, 100, {0}), linear("head", 8, 100, 10, {1})});
  // The whole input to both; up leaves shards, down partial sums; the host adds 2 tensors of 8 x 100 numbers.
  EXPECT_THAT(bench.transfers_of(0), ElementsAre("HOST>A 1600", "HOST>B 1600"));
  EXPECT_THAT(bench.transfers_of(1), IsEmpty());
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("A>HOST 1600", "B>HOST 1600"));
  const double share = product_s(8, 100, 200);
  EXPECT_DOUBLE_EQ(1600 / down + share, bench.event_end_s(0));
  EXPECT_DOUBLE_EQ(1600 / down + 2 * share, bench.event_end_s(1));
  const double sum = std::max(800 / flops, 3 * 1600 / memory);
  EXPECT_DOUBLE_EQ(1600 / down + 2 * share + 1600 / up + sum + product_s(8, 100, 10), bench.event_end_s(2));
}

TEST(TensorSplit, AnAllReduceByWayOfTheHostFollowsItsFormula) {
  TaskBench bench(star(4));
  bench.mapping.common().set_default(on({1, 2, 3, 4}));
  bench.fixed[static_cast<std::size_t>(Collective::AllReduce)] = "host";
  bench.plan({linear("up", 8, 100, 400), linear("down", 8, 400, 100, {0}), linear("norm", 8, 100, 100, {1})});
  const double S = 1600;
  EXPECT_EQ(4U + 4U, bench.transfers_of(2).size());
  const double sum = std::max(3 * 800 / flops, 5 * S / memory);
  const double ready = S / down + 2 * product_s(8, 100, 100);
  EXPECT_DOUBLE_EQ(ready + S / up + sum + S / down + product_s(8, 100, 25), bench.event_end_s(2));
}

TEST(TensorSplit, ABroadcastReplacesTransfersToEach) {
  TaskBench bench(star(3, false, /*broadcast=*/true));
  bench.mapping.common().set_default(on({1, 2, 3}));
  bench.plan({linear("up", 8, 100, 300)});
  EXPECT_THAT(bench.transfers(), ElementsAre("HOST>all 1600"));
}

TEST(TensorSplit, ElementsStayWithTheirColumns) {
  TaskBench bench(star(2));
  bench.mapping.common().set_default(on({1, 2}));
  bench.plan({test::layer("norm", {8, 100}, {8, 100}, "LlamaRMSNorm"), linear("gate", 8, 100, 400, {0}),
              elementwise("SiLUActivation", 8, 400, {1}), linear("up", 8, 100, 400, {0}),
              linear("down", 8, 400, 100, {2, 3})});
  for (std::size_t event = 1; event < 5; ++event) EXPECT_THAT(bench.transfers_of(event), IsEmpty());
}

TEST(TensorSplit, EqualDevicesOnFreeLinksAreOneDeviceOfTheirSum) {
  // Two linears around an activation over n devices, against one device of n times everything.
  TaskBench many(star(4));
  many.mapping.common().set_default(on({1, 2, 3, 4}));
  const std::vector<LayerEvent> net{linear("gate", 8, 100, 400), elementwise("SiLU", 8, 400, {0}),
                                    linear("down", 8, 400, 100, {1})};
  many.plan(net);
  const double one = (product_s(8, 100, 400) + 3200 / flops + product_s(8, 400, 100)) / 4;
  EXPECT_NEAR(1600 / down + one, many.event_end_s(2), 1e-15);
}

TEST(TensorSplit, UnevenSharesAreWholeColumns) {
  TaskBench bench(star(3));
  bench.mapping.common().set_default(on({1, 2, 3}));
  bench.plan({linear("up", 8, 100, 400)});
  std::vector<double> flop;
  for (const Task& task : bench.events[0].tasks)
    if (task.kind == Task::Kind::Compute) flop.push_back(task.demand[0].flop);
  EXPECT_THAT(flop, ElementsAre(2 * 8 * 100 * 133.0, 2 * 8 * 100 * 133.0, 2 * 8 * 100 * 134.0));
}

// Experts -----------------------------------------------------------------------------------------------------------

namespace {

/// norm, router, and experts 0 … with the given rows: w1 and w2 each, then the next norm.
std::vector<LayerEvent> mixture(const std::vector<std::int64_t>& rows) {
  std::vector<LayerEvent> events{linear("norm", 4, 10, 10), linear("gate", 4, 10, 8, {0})};
  std::vector<std::int64_t> ends;
  for (std::size_t e = 0; e < rows.size(); ++e) {
    const auto seq = static_cast<std::int64_t>(events.size());
    events.push_back(of_expert(linear("w1", rows[e], 10, 20, {0, 1}), static_cast<std::int64_t>(e)));
    events.push_back(of_expert(linear("w3", rows[e], 10, 20, {0, 1}), static_cast<std::int64_t>(e)));
    events.push_back(of_expert(linear("w2", rows[e], 20, 10, {seq, seq + 1}), static_cast<std::int64_t>(e)));
    ends.push_back(seq + 2);
  }
  events.push_back(linear("next", 4, 10, 10, ends));
  return events;
}

}  // namespace

TEST(Experts, AreRoundRobinOverTheirDevicesAndGetTheirRowsOnce) {
  TaskBench bench(star(3));
  bench.mapping.set_default(1);
  bench.mapping.common().set_experts(on({2, 3}, Split::Experts));
  bench.plan(mixture({3, 1, 0, 4}));
  // Expert 0 and 2 on B, 1 and 3 on C; A's norm goes to the host and from there rows x 10 x 2 bytes. Expert 2 has none.
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("A>HOST 60", "HOST>B 60"));
  EXPECT_THAT(bench.transfers_of(3), IsEmpty());
  EXPECT_THAT(bench.transfers_of(5), ElementsAre("A>HOST 20", "HOST>C 20"));
  EXPECT_THAT(bench.transfers_of(8), IsEmpty());
  EXPECT_EQ("C", bench.events[11].devices);
  // Outputs are gathered on the host; 4 rows go on to A.
  EXPECT_THAT(bench.transfers_of(14), ElementsAre("B>HOST 60", "C>HOST 20", "C>HOST 80", "HOST>A 80"));
}

TEST(Experts, ThatAreSplitAreSummedOnce) {
  TaskBench bench(star(2));
  bench.fixed.fill("host");
  bench.mapping.common().set_default(on({1, 2}));
  std::vector<LayerEvent> events = mixture({3, 1, 0, 4});
  events[0] = test::layer("norm", {4, 10}, {4, 10}, "LlamaRMSNorm");
  LayerEvent next = test::layer("next", {4, 10}, {4, 10}, "LlamaRMSNorm");
  next.deps = events.back().deps;
  events.back() = next;
  bench.plan(events);
  // 8 rows of outputs are partial sums of 4 rows of 10 two-byte numbers: one sum on the host, in place of three.
  EXPECT_THAT(bench.transfers_of(14), ElementsAre("A>HOST 80", "B>HOST 80", "HOST>A 80", "HOST>B 80"));
}

TEST(Experts, OnTheDevicesThatReadThemAllAddUp) {
  TaskBench bench(star(4, /*mesh=*/true));
  bench.fixed.fill("direct");
  bench.mapping.common().set_default(on({1, 2, 3, 4}));
  bench.mapping.common().set_experts(on({1, 2, 3, 4}, Split::Experts));
  std::vector<LayerEvent> events = mixture({400, 400, 0, 400});
  events.back() = linear("next", 400, 10, 10, events.back().deps);
  bench.plan(events);
  // Quarters of 400 rows of 10 numbers, to all and back; C, whose expert nobody asked, takes part.
  EXPECT_THAT(bench.transfers_of(14), ElementsAre("direct over A+B+C+D 2000", "direct over A+B+C+D 2000"));
}

TEST(Experts, OfReplicasExchangeRows) {
  TaskBench bench(star(4, /*mesh=*/true));
  bench.mapping.common().set_default(on({1, 2, 3, 4}, Split::Replicas));
  bench.mapping.common().set_experts(on({1, 2, 3, 4}, Split::Experts));
  bench.plan(mixture({4, 4, 0, 0}));
  // Of each expert's four rows of 20 bytes every replica has one.
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("B>A 20", "C>A 20", "D>A 20"));
  EXPECT_THAT(bench.transfers_of(5), ElementsAre("A>B 20", "C>B 20", "D>B 20"));
  // A and B have four rows each, of which one is for each replica.
  EXPECT_THAT(bench.transfers_of(14), ElementsAre("A>B 20", "A>C 20", "A>D 20", "B>A 20", "B>C 20", "B>D 20"));
}

TEST(Experts, TheSharedInputGoesToEachDeviceOnce) {
  TaskBench bench(star(3));
  bench.mapping.set_default(1);
  MapTarget experts = on({2, 3}, Split::Experts);
  experts.shared_input = true;
  bench.mapping.common().set_experts(experts);
  bench.plan(mixture({3, 1, 0, 4}));
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("A>HOST 80", "HOST>B 80"));
  EXPECT_THAT(bench.transfers_of(5), ElementsAre("HOST>C 80"));
  EXPECT_THAT(bench.transfers_of(8), IsEmpty());
  EXPECT_THAT(bench.transfers_of(11), IsEmpty());
}

TEST(Experts, TheSharedInputIsOneBroadcastWhereThePlatformHasIt) {
  TaskBench bench(star(3, false, /*broadcast=*/true));
  bench.mapping.set_default(0);
  MapTarget experts = on({2, 3}, Split::Experts);
  experts.shared_input = true;
  bench.mapping.common().set_experts(experts);
  bench.plan(mixture({3, 1, 0, 4}));
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("HOST>all 80"));
  EXPECT_THAT(bench.transfers_of(5), IsEmpty());
}

TEST(Experts, OnDifferentDevicesRunAtOnce) {
  TaskBench bench(star(2));
  bench.mapping.set_default(0);
  bench.mapping.common().set_experts(on({1, 2}, Split::Experts));
  bench.plan(mixture({2, 2}));
  EXPECT_DOUBLE_EQ(bench.event_end_s(4), bench.event_end_s(7));
}

TEST(Experts, AnEventOfNoExpertCannotBePlacedByExperts) {
  TaskBench bench(star(2));
  bench.mapping.common().set_default(on({1, 2}, Split::Experts));
  try {
    bench.plan({linear("up", 8, 100, 400)});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ("event 0 ('up'): it is mapped by experts, but belongs to none; expected another split", error.what());
  }
}

// Replicas, pipelines, pieces ---------------------------------------------------------------------------------------

TEST(Replicas, EachHasItsRowsAndNothingMovesBetweenThem) {
  TaskBench bench(star(2));
  bench.mapping.common().set_default(on({1, 2}, Split::Replicas));
  bench.plan({linear("a", 6, 10, 20), linear("b", 6, 20, 10, {0})});
  EXPECT_THAT(bench.transfers(), ElementsAre("HOST>A 60", "HOST>B 60"));
  EXPECT_DOUBLE_EQ(60 / down + product_s(3, 10, 20) + product_s(3, 20, 10), bench.event_end_s(1));
}

TEST(Pipeline, MicroBatchesTakeSlotsPlusStagesMinusOne) {
  for (const std::int64_t micro : {1, 2, 4}) {
    for (const std::size_t stages : {1U, 2U, 3U}) {
      TaskBench bench(star(stages, /*mesh=*/true));
      bench.rules.batch = 8;
      bench.rules.microbatches = micro;
      std::vector<LayerEvent> events;
      for (std::size_t s = 0; s < stages; ++s) {
        bench.mapping.common().add_layers(static_cast<std::int64_t>(s), static_cast<std::int64_t>(s), on({s + 1}));
        for (int i = 0; i < 3; ++i) {
          // No inputs to speak of: one column, and arithmetic of the rows alone.
          LayerEvent event = test::layer("return", {8, 1}, {8, 1}, "SiLU");
          event.path = Name("layers." + std::to_string(s) + ".act");
          events.push_back(event);
        }
      }
      bench.plan(events);
      // A slot is three events of 8 / micro flop; transfers of 16 / micro bytes come on top.
      const double slot = 3 * 8.0 / static_cast<double>(micro) / flops;
      const double hops = 16.0 / static_cast<double>(micro) / down +
                          static_cast<double>(stages - 1) * 16.0 / static_cast<double>(micro) / mesh_Bps;
      const double slots = static_cast<double>(micro) + static_cast<double>(stages) - 1;
      EXPECT_GE(bench.end_s, slots * slot);
      EXPECT_LE(bench.end_s, slots * slot + static_cast<double>(micro) * hops) << micro << " " << stages;
    }
  }
}

TEST(Pipeline, AFirstEventThatNoLinePlacesStaysOnTheHostWithEveryMicroBatch) {
  // Only b is placed: both halves of a are made on the host, and go to A.
  TaskBench bench(star(1));
  bench.rules.batch = 4;
  bench.rules.microbatches = 2;
  bench.mapping.common().add_layers(1, 1, on({1}));
  std::vector<LayerEvent> events{linear("a", 4, 10, 20), linear("b", 4, 20, 10, {0})};
  for (std::size_t i = 0; i < events.size(); ++i) events[i].path = Name("layers." + std::to_string(i));
  bench.plan(events);
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(bench.events[i].event.name == "a" ? "HOST" : "A", bench.events[i].devices);
  EXPECT_DOUBLE_EQ(4 * 20 * 2, bench.moved_B(0, 1));
}

TEST(Pipeline, MicroBatchesMustDivideTheBatch) {
  TaskBench bench(star(1));
  bench.rules.batch = 6;
  bench.rules.microbatches = 4;
  try {
    bench.plan({});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ("simulation.microbatches: 4 do not divide the batch of 6 rows; expected a divisor of it",
                 error.what());
  }
}

TEST(Chunks, TransferAndComputeApproachTheLongerOfTheTwo) {
  for (const std::int64_t n : {1, 2, 10, 1000}) {
    TaskBench bench(star(1));
    bench.rules.chunks = n;
    bench.mapping.set_default(1);
    bench.plan({linear("a", 4000, 1000, 1000)});
    const double T = 8e6 / down, C = product_s(4000, 1000, 1000);
    const auto pieces = static_cast<double>(n);
    EXPECT_NEAR(T / pieces + (pieces - 1) * std::max(T, C) / pieces + C / pieces, bench.end_s, 1e-12) << n;
  }
}

TEST(Chunks, LatencyIsPaidOnce) {
  PlatformSpec platform = star(1);
  for (LinkSpec& link : platform.links) link.latency_s = 1e-3;
  TaskBench bench(platform);
  bench.rules.chunks = 4;
  bench.mapping.set_default(1);
  bench.plan({linear("a", 4, 10, 10)});
  int paid = 0;
  for (const Task& task : bench.events[0].tasks)
    paid += task.kind == Task::Kind::Transfer && task.latency_s > 0 ? 1 : 0;
  EXPECT_EQ(1, paid);
}

int computes(const EventTasks& event) {
  return static_cast<int>(std::count_if(event.tasks.begin(), event.tasks.end(),
                                        [](const Task& task) { return task.kind == Task::Kind::Compute; }));
}

TEST(Chunks, OnlyWhatWaitsForPiecesIsCut) {
  TaskBench bench(star(1));
  bench.rules.chunks = 4;
  bench.mapping.set_default(1);
  bench.plan({linear("a", 4, 10, 10), elementwise("SiLU", 4, 10, {0}), elementwise("SiLU", 4, 10, {1})});
  EXPECT_EQ(4, computes(bench.events[0])) << "its input comes in four";
  EXPECT_EQ(1, computes(bench.events[1]));
  EXPECT_EQ(4, computes(bench.events[2])) << "who needs the last event's output is known when the next step is";
}

/// The first event's output stays, so that its last piece is all that the second waits for; but the second's is sent
/// on.
TEST(Chunks, WhatIsSentOnIsCut) {
  TaskBench bench(star(2));
  bench.rules.chunks = 4;
  bench.mapping.set_default(1);
  bench.mapping.set(Name("elsewhere"), on({2}));
  LayerEvent last = elementwise("SiLU", 4, 10, {1});
  last.map_key = Name("elsewhere");
  bench.plan({linear("a", 4, 10, 10), elementwise("SiLU", 4, 10, {0}), last});
  EXPECT_EQ(4, computes(bench.events[0]));
  EXPECT_EQ(4, computes(bench.events[1]));
  EXPECT_EQ(4, computes(bench.events[2]));
}

TEST(Prefetch, WeightsAreMarked) {
  TaskBench bench(star(1));
  bench.rules.prefetch_weights = true;
  bench.mapping.set_default(1);
  bench.plan({linear("a", 4, 10, 10), elementwise("SiLU", 4, 10, {0})});
  EXPECT_DOUBLE_EQ(2 * 10 * 10, bench.events[0].tasks.back().demand[0].weight_bytes);
  EXPECT_DOUBLE_EQ(0, bench.events[1].tasks.back().demand[0].weight_bytes);
}

// Dependencies ------------------------------------------------------------------------------------------------------

TEST(TaskPlanner, WhatOnlyDecidesDoesNotMove) {
  // gate's output is 8 wide, w1's input 10: it is waited for, but not sent.
  TaskBench bench(star(2));
  bench.mapping.set_default(1);
  bench.mapping.common().set_experts(on({2}, Split::Experts));
  bench.plan(mixture({3}));
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("A>HOST 60", "HOST>B 60"));
  // Nor is an expert's input sent before it is known where to.
  for (const Task& task : bench.events[2].tasks) {
    if (task.kind == Task::Kind::Transfer) {
      EXPECT_GE(bench.tasks[static_cast<std::size_t>(task.id)].start_s, bench.event_end_s(1));
    }
  }
  const Task& w1 = bench.events[2].tasks.back();
  EXPECT_GE(bench.tasks[static_cast<std::size_t>(w1.id)].start_s, bench.event_end_s(1));
}

TEST(TaskPlanner, DependenciesFurtherBackThanTheWindowAreAnError) {
  TaskBench bench(star(1));
  bench.mapping.set_default(1);
  std::vector<LayerEvent> events(static_cast<std::size_t>(TaskRules::window) + 1, linear("a", 1, 1, 1));
  events.back().deps = {0};
  try {
    bench.plan(events);
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ("event 65536 ('a'): it depends on event 0, more than 65536 events before it; expected nearer ones",
                 error.what());
  }
}

TEST(TaskPlanner, TokensMoveAsIds) {
  TaskBench bench(star(2));
  bench.mapping.set(Name("head"), on({1, 2}));
  bench.mapping.set(Name("embed"), on({0}));
  bench.mapping.set_default(1);
  LayerEvent embed = test::layer("embed", {1, 4}, {1, 4, 10}, "Embedding");
  LayerEvent next = test::layer("embed", {1, 1}, {1, 1, 10}, "Embedding");
  bench.plan({embed, linear("head", 4, 10, 1000, {0}), next});
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("A>HOST 2"));  // FixedCost has 2 bytes an id
}
