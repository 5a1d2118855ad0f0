/// Sequence parallel: devices of a group share by tokens what they cannot share by columns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/tasks/part_split.hpp"
#include "task_bench.hpp"

using namespace upmem_des;
using test::linear;
using test::on;
using test::star;
using test::TaskBench;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

MapTarget group(std::vector<DeviceIndex> devices, bool sequence_parallel = true) {
  MapTarget target = on(std::move(devices));
  target.sequence_parallel = sequence_parallel;
  return target;
}

LayerEvent norm(const char* name, const Shape& sizes, std::vector<std::int64_t> deps) {
  LayerEvent event = test::layer(name, sizes, sizes);
  event.type = Name("LlamaRMSNorm");
  event.weight_shape.reset();
  event.deps = std::move(deps);
  return event;
}

/// Flop of an event's own tasks, one for each device that computes.
std::vector<double> flop_of(const EventTasks& event) {
  std::vector<double> flop;
  for (const Task& task : event.tasks)
    if (task.kind == Task::Kind::Compute && std::string(task.purpose).empty()) flop.push_back(task.demand[0].flop);
  return flop;
}

/// A sum of two devices, the norm that reads it, and what reads that.
std::vector<LayerEvent> block(std::int64_t tokens) {
  return {linear("up", tokens, 100, 400), linear("down", tokens, 400, 100, {0}), norm("norm", {tokens, 100}, {1}),
          linear("next", tokens, 100, 400, {2})};
}

}  // namespace

TEST(SequenceParallel, SumsAreScatteredAndNormsGathered) {
  TaskBench bench(star(2, /*mesh=*/true));
  bench.mapping.common().set_default(group({1, 2}));
  bench.plan(block(8));
  // Half of the 1600 bytes each way to be added, half of the normed ones to be gathered.
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("direct over A+B 800"));
  EXPECT_THAT(flop_of(bench.events[2]), ElementsAre(400, 400));  // 4 tokens of 100 each
  EXPECT_THAT(bench.transfers_of(3), ElementsAre("direct over A+B 800"));
}

TEST(SequenceParallel, MovesNoMoreThanAnAllReduce) {
  TaskBench shared(star(4, /*mesh=*/true)), each(star(4, /*mesh=*/true));
  shared.mapping.common().set_default(group({1, 2, 3, 4}));
  each.mapping.common().set_default(group({1, 2, 3, 4}, false));
  shared.plan(block(8));
  each.plan(block(8));
  // S/n for each of the others, to be added; as much to be gathered.
  EXPECT_THAT(shared.transfers_of(2), ElementsAre("direct over A+B+C+D 400"));
  EXPECT_THAT(shared.transfers_of(3), ElementsAre("direct over A+B+C+D 400"));
  EXPECT_THAT(each.transfers_of(2), ElementsAre("direct over A+B+C+D 400", "direct over A+B+C+D 400"));
  EXPECT_THAT(each.transfers_of(3), IsEmpty());
  EXPECT_THAT(flop_of(each.events[2]), Each(800));
  EXPECT_THAT(flop_of(shared.events[2]), Each(200));
}

TEST(SequenceParallel, TokensAreWholeAndFollowShares) {
  Spread spread = group({1, 2});
  spread.weights = {3, 1};
  const PartSplit split = split_event(norm("norm", {1, 6, 100}, {}), spread, {}, {});
  EXPECT_EQ(Layout::Rows, split.wants);
  EXPECT_EQ(Layout::Rows, split.gives);
  EXPECT_EQ(Shape({1, 4, 100}), split.parts[0].event.output_shape);  // ⌊6 · 3/4⌋ = 4
  EXPECT_EQ(Shape({1, 2, 100}), split.parts[1].event.output_shape);
  EXPECT_THAT(split.shares, ElementsAre(4.0 / 6, 2.0 / 6));
}

TEST(SequenceParallel, WithFewerTokensThanDevicesEachDoesAll) {
  TaskBench bench(star(3, /*mesh=*/true));
  bench.mapping.common().set_default(group({1, 2, 3}));
  bench.plan(block(2));
  EXPECT_THAT(flop_of(bench.events[2]), ElementsAre(200, 200, 200));
  EXPECT_THAT(bench.transfers_of(3), IsEmpty());
}

TEST(SequenceParallel, OnlyTheTokensThatAHeadReadsAreGathered) {
  TaskBench bench(star(2, /*mesh=*/true));
  bench.mapping.common().set_default(group({1, 2}));
  std::vector<LayerEvent> events = block(8);
  events[3] = linear("lm_head", 2, 100, 400, {2});
  bench.plan(events);
  EXPECT_THAT(bench.transfers_of(3), ElementsAre("direct over A+B 200"));  // half of 2 · 100 · 2 bytes
}

TEST(SequenceParallel, TheNextStageGetsSharesFromPeers) {
  TaskBench bench(star(4, /*mesh=*/true));
  for (const char* name : {"up", "down"}) bench.mapping.set(Name(name), group({1, 2}));
  for (const char* name : {"norm", "next"}) bench.mapping.set(Name(name), group({3, 4}));
  bench.plan(block(8));
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("direct over A+B 800", "A>C 800", "B>D 800"));
  EXPECT_THAT(bench.transfers_of(3), ElementsAre("direct over C+D 800"));
}

TEST(SequenceParallel, InAGridTokensAreThoseOfAGroup) {
  TaskBench bench(star(4, /*mesh=*/true));
  MapTarget grid = group({1, 2, 3, 4});
  grid.replicas = 2;
  bench.mapping.common().set_default(grid);
  bench.plan(block(8));
  EXPECT_THAT(flop_of(bench.events[2]), ElementsAre(200, 200, 200, 200));  // 2 of the 4 tokens of each group
  // Of the 800 bytes of each group half to be added, half to be gathered.
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("direct over A+B 400", "direct over C+D 400"));
  EXPECT_THAT(bench.transfers_of(3), ElementsAre("direct over A+B 400", "direct over C+D 400"));
}

TEST(HeadNorm, OfAProjectionThatLiesByHeadsIsDoneWhereTheHeadsAre) {
  TaskBench bench(star(2, /*mesh=*/true));
  bench.mapping.common().set_default(group({1, 2}, false));
  bench.plan({linear("q_proj", 8, 100, 40), norm("q_norm", {1, 8, 4, 10}, {0})});
  EXPECT_THAT(bench.transfers_of(1), IsEmpty());
  EXPECT_THAT(flop_of(bench.events[1]), ElementsAre(160, 160));  // two of the four heads, 8 · 2 · 10
}

TEST(HeadNorm, OverAllHeadsNeedsThemAll) {
  TaskBench bench(star(2, /*mesh=*/true));
  bench.mapping.common().set_default(group({1, 2}, false));
  bench.plan({linear("q_proj", 8, 100, 40), norm("q_norm", {1, 8, 40}, {0})});
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("direct over A+B 320"));
  EXPECT_THAT(flop_of(bench.events[1]), ElementsAre(320, 320));
}

TEST(Chunks, ASumStartsWhenItsFirstPieceIsMade) {
  TaskBench bench(star(2, /*mesh=*/true));
  bench.rules.chunks = 4;
  bench.mapping.common().set_default(group({1, 2}));
  bench.plan(block(8));
  double first_sent_s = bench.end_s;
  std::size_t pieces = 0;
  for (const test::TimedTask& timed : bench.tasks) {
    if (timed.task.kind != Task::Kind::Transfer || timed.task.purpose != std::string("reduce-scatter")) continue;
    first_sent_s = std::min(first_sent_s, timed.start_s);
    ++pieces;
  }
  EXPECT_EQ(4U, pieces);
  EXPECT_LT(first_sent_s, bench.event_end_s(1));
}
