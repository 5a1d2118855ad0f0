/// Rows that go to peers, and grids: groups of devices that share rows, and in each the columns.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/spread.hpp"
#include "plan/tasks/part_split.hpp"
#include "plan/tasks/rows_between.hpp"
#include "task_bench.hpp"

using namespace upmem_des;
using test::linear;
using test::on;
using test::star;
using test::TaskBench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

namespace {

MapTarget grid(std::vector<DeviceIndex> devices, std::size_t replicas, std::vector<double> weights = {}) {
  MapTarget target = on(std::move(devices));
  target.replicas = replicas;
  target.weights = std::move(weights);
  return target;
}

/// Has every device do all of it.
LayerEvent norm(const char* name, std::int64_t rows, std::int64_t width, std::vector<std::int64_t> deps) {
  LayerEvent event = test::layer(name, {rows, width}, {rows, width});
  event.type = Name("LlamaRMSNorm");
  event.weight_shape.reset();
  event.deps = std::move(deps);
  return event;
}

std::vector<std::int64_t> units(const Proportions& parts, std::int64_t size) {
  std::vector<std::int64_t> all;
  for (std::size_t i = 0; i < parts.parts(); ++i) all.push_back(parts.units(size, i));
  return all;
}

double transferred_B(const EventTasks& event) {
  double bytes = 0;
  for (const Task& task : event.tasks)
    if (task.kind == Task::Kind::Transfer) bytes += task.bytes;
  return bytes;
}

}  // namespace

TEST(Proportions, AreWholeUnitsAndAll) {
  EXPECT_THAT(units(Proportions(3), 8), ElementsAre(2, 3, 3));  // 8/3 = 2.7, 16/3 = 5.3
  EXPECT_THAT(units(Proportions({3, 1}), 8), ElementsAre(6, 2));
  EXPECT_THAT(units(Proportions({3, 1}), 2), ElementsAre(1, 1));
  EXPECT_THAT(units(Proportions({1, 0, 1}), 5), ElementsAre(2, 0, 3));
  EXPECT_THAT(units(Proportions({0, 0}), 4), ElementsAre(2, 2));
  EXPECT_THAT(units(Proportions({0.1, 0.1, 0.1}), 3), ElementsAre(1, 1, 1));
}

TEST(Proportions, OfEqualWeightsAreEqualParts) {
  for (std::size_t parts = 1; parts < 12; ++parts)
    for (const double weight : {1.0, 0.1, 1e9})
      for (std::int64_t size = 0; size < 200; ++size)
        ASSERT_EQ(units(Proportions(parts), size), units(Proportions(std::vector<double>(parts, weight)), size))
            << parts << " of " << size;
}

TEST(Spread, AGridSharesRowsByGroupAndTheRestWithinEach) {
  const MapTarget target = grid({1, 2, 3, 4}, 2, {1, 1, 4, 2});
  EXPECT_THAT(units(target.rows(), 8), ElementsAre(2, 6));
  EXPECT_THAT(units(target.within(0), 6), ElementsAre(3, 3));
  EXPECT_THAT(units(target.within(1), 6), ElementsAre(4, 2));
  EXPECT_THAT(target.group(1).devices, ElementsAre(3, 4));
  EXPECT_THAT(target.group(1).weights, ElementsAre(4, 2));
}

// Rows to peers -----------------------------------------------------------------------------------------------------

TEST(Peers, RowsOfAReplicaGoToItsPeer) {
  TaskBench bench(star(4, /*mesh=*/true));
  bench.mapping.set(Name("a"), on({1, 2}, Split::Replicas));
  bench.mapping.set(Name("b"), on({3, 4}, Split::Replicas));
  bench.plan({linear("a", 6, 10, 20), linear("b", 6, 20, 10, {0})});
  // 3 rows of 20 numbers of 2 bytes each.
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("A>C 120", "B>D 120"));
}

TEST(Peers, RowsAreCutWhereReplicasDiffer) {
  TaskBench bench(star(5, /*mesh=*/true));
  bench.mapping.set(Name("a"), on({1, 2}, Split::Replicas));
  bench.mapping.set(Name("b"), on({3, 4, 5}, Split::Replicas));
  bench.plan({linear("a", 6, 10, 20), linear("b", 6, 20, 10, {0})});
  // Rows 0 to 2 are A's, 3 to 5 B's; C wants 0 and 1, D 2 and 3, E 4 and 5. B's row for D does not wait for A's.
  EXPECT_THAT(bench.transfers_of(1), UnorderedElementsAre("A>C 80", "A>D 40", "B>D 40", "B>E 80"));
}

TEST(Peers, ADeviceKeepsTheRowsThatItHas) {
  TaskBench bench(star(3, /*mesh=*/true));
  bench.mapping.set(Name("a"), on({1, 2}, Split::Replicas));
  bench.mapping.set(Name("b"), on({1, 2, 3}, Split::Replicas));
  bench.plan({linear("a", 6, 10, 20), linear("b", 6, 20, 10, {0}), linear("b", 6, 20, 10, {0})});
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("A>B 40", "B>C 80"));
  EXPECT_THAT(bench.transfers_of(2), IsEmpty());
}

TEST(Peers, WithoutADirectRouteRowsGoByWayOfTheHost) {
  TaskBench bench(star(4));
  bench.mapping.set(Name("a"), on({1, 2}, Split::Replicas));
  bench.mapping.set(Name("b"), on({3, 4}, Split::Replicas));
  bench.plan({linear("a", 6, 10, 20), linear("b", 6, 20, 10, {0})});
  EXPECT_THAT(bench.transfers_of(1), UnorderedElementsAre("A>HOST 120", "HOST>C 120", "B>HOST 120", "HOST>D 120"));
}

TEST(Peers, WhatIsWholeOnAllOfAStageGoesFromEachToItsPeer) {
  TaskBench bench(star(4, /*mesh=*/true));
  bench.mapping.set(Name("a"), on({1, 2}));
  bench.mapping.set(Name("b"), on({3, 4}));
  bench.plan({norm("a", 6, 10, {}), linear("b", 6, 10, 20, {0})});
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("A>C 120", "B>D 120"));
}

TEST(Peers, ASumIsMadeOnTheStageThatHasIt) {
  TaskBench bench(star(4, /*mesh=*/true));
  bench.mapping.set_default(0);
  for (const char* name : {"up", "down"}) bench.mapping.set(Name(name), on({1, 2}));
  bench.mapping.set(Name("b"), on({3, 4}));
  bench.plan({linear("up", 8, 100, 400), linear("down", 8, 400, 100, {0}), linear("b", 8, 100, 20, {1})});
  // A reduce-scatter of 1600 bytes between A and B, half of the sum to each peer, which gather the halves.
  EXPECT_DOUBLE_EQ(800, bench.moved_B(1, 3));
  EXPECT_DOUBLE_EQ(800, bench.moved_B(2, 4));
  EXPECT_EQ(0, bench.moved_B(1, 4) + bench.moved_B(2, 3));
}

// Grids -------------------------------------------------------------------------------------------------------------

TEST(Grid, IsTwoMachinesOfHalfTheRows) {
  const auto events = [](std::int64_t rows) {
    return std::vector<LayerEvent>{linear("up", rows, 100, 400), linear("down", rows, 400, 100, {0}),
                                   norm("norm", rows, 100, {1})};
  };
  TaskBench half(star(2, /*mesh=*/true));
  half.mapping.common().set_default(on({1, 2}));
  half.plan(events(4));
  TaskBench both(star(4, /*mesh=*/true));
  both.mapping.common().set_default(grid({1, 2, 3, 4}, 2));
  both.plan(events(8));
  EXPECT_DOUBLE_EQ(half.event_end_s(2), both.event_end_s(2));
  EXPECT_DOUBLE_EQ(2 * transferred_B(half.events[0]), transferred_B(both.events[0]));
  // An all-reduce of 4 rows in each group, and nothing between groups.
  EXPECT_DOUBLE_EQ(2 * transferred_B(half.events[2]), transferred_B(both.events[2]));
  for (const DeviceIndex one : {1, 2})
    for (const DeviceIndex other : {3, 4}) EXPECT_EQ(0, both.moved_B(one, other) + both.moved_B(other, one));
}

TEST(Grid, SendsItsRowsToPeersOfTheNextStage) {
  TaskBench bench(star(8, /*mesh=*/true));
  bench.mapping.set(Name("a"), grid({1, 2, 3, 4}, 2));
  bench.mapping.set(Name("b"), grid({5, 6, 7, 8}, 2));
  bench.plan({norm("a", 6, 10, {}), linear("b", 6, 10, 20, {0})});
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("A>E 60", "B>F 60", "C>G 60", "D>H 60"));
}

TEST(Grid, RowsMayBeCutOtherwise) {
  TaskBench bench(star(6, /*mesh=*/true));
  bench.mapping.set(Name("a"), grid({1, 2, 3, 4}, 2));
  bench.mapping.set(Name("b"), on({5, 6}, Split::Replicas));
  bench.mapping.set(Name("c"), on({5}));
  bench.plan({norm("a", 6, 10, {}), linear("b", 6, 10, 20, {0}), linear("c", 6, 10, 20, {0})});
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("A>E 60", "C>F 60"));
  // E has the first three rows.
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("C>E 60"));
}

TEST(Grid, IsFedByReplicasAndByOneDevice) {
  TaskBench bench(star(5, /*mesh=*/true));
  bench.mapping.set(Name("a"), on({1, 2}, Split::Replicas));
  bench.mapping.set(Name("one"), on({5}));
  bench.mapping.set(Name("b"), grid({1, 2, 3, 4}, 2));
  bench.plan(
      {linear("a", 6, 10, 20), linear("b", 6, 20, 10, {0}), linear("one", 6, 10, 20), linear("b", 6, 20, 10, {2})});
  // A's rows are the first group's, B's the other's.
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("A>B 120", "B>C 120", "B>D 120"));
  EXPECT_THAT(bench.transfers_of(3), ElementsAre("E>A 120", "E>B 120", "E>C 120", "E>D 120"));
}

TEST(Grid, ATransferPointDealsRowsOutFromTheHost) {
  TaskBench bench(star(4, /*mesh=*/true));
  bench.mapping.set(Name("a"), on({1}));
  MapTarget point = grid({1, 2, 3, 4}, 2);
  point.transfer_point = true;
  bench.mapping.set(Name("b"), point);
  bench.plan({linear("a", 6, 10, 20), linear("b", 6, 20, 10, {0})});
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("A>HOST 240", "HOST>A 120", "HOST>B 120", "HOST>C 120", "HOST>D 120"));
}

TEST(Grid, SomeGroupsMayHaveNoRow) {
  TaskBench bench(star(4, /*mesh=*/true));
  bench.mapping.common().set_default(grid({1, 2, 3, 4}, 2));
  bench.plan({linear("up", 1, 100, 400), linear("down", 1, 400, 100, {0}), norm("norm", 1, 100, {1}),
              linear("up", 1, 100, 400, {2})});
  // Of 1 row the second group has all: ⌊1/2⌋ = 0 is where it begins.
  EXPECT_THAT(bench.transfers_of(0), ElementsAre("HOST>C 100", "HOST>D 100", "direct over C+D 100"));
  for (const EventTasks& event : bench.events)
    for (const Task& task : event.tasks) EXPECT_TRUE(task.kind != Task::Kind::Compute || task.device >= 3) << task.id;
}

TEST(Grid, AllRowsOnAllDevicesAreGatheredByColumns) {
  TaskBench bench(star(4, /*mesh=*/true));
  bench.mapping.set(Name("a"), grid({1, 2, 3, 4}, 2));
  bench.mapping.set(Name("b"), on({1, 2, 3, 4}));
  bench.plan({norm("a", 6, 10, {}), linear("b", 6, 10, 20, {0}), linear("b", 6, 10, 20, {0})});
  EXPECT_THAT(bench.transfers_of(1), UnorderedElementsAre("direct over A+C 60", "direct over B+D 60"));
  EXPECT_THAT(bench.transfers_of(2), IsEmpty());
}

TEST(Grid, SharesAreOfRowsAndColumns) {
  LayerEvent event = linear("up", 8, 100, 12);
  const PartSplit split = split_event(event, grid({1, 2, 3, 4}, 2, {2, 1, 3, 2}), {}, {});
  // Rows 3 : 5; columns 2 : 1 and 3 : 2, whole ones: ⌊12 · 3/5⌋ = 7.
  EXPECT_THAT(split.rows, ElementsAre(3.0 / 8, 5.0 / 8));
  std::vector<std::int64_t> rows, columns;
  double work = 0;
  for (const Part& part : split.parts) {
    rows.push_back(part.event.output_shape[0]);
    columns.push_back(part.event.output_shape[1]);
    work += part.event.output_shape.elements();
  }
  EXPECT_THAT(rows, ElementsAre(3, 3, 5, 5));
  EXPECT_THAT(columns, ElementsAre(8, 4, 7, 5));
  EXPECT_DOUBLE_EQ(8 * 12, work);
}

TEST(RowsBetween, AreFoundAgainAndKeepTheirBytes) {
  Value value = whole_value(3, 100, {7});
  Value& part = rows_between(value, 0.25, 0.5);
  EXPECT_DOUBLE_EQ(25, part.bytes);
  part.whole_at.push_back({4, {8}});
  EXPECT_EQ(2U, rows_between(value, 0.25, 0.5).whole_at.size());
  EXPECT_EQ(1U, rows_between(value, 0.5, 0.75).whole_at.size());
  EXPECT_EQ(&value, &rows_between(value, 0, 1));
}
