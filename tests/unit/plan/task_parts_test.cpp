/// Steps in parts of whole sequences: what groups of devices that share rows have, and micro-batches.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "task_bench.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using test::linear;
using test::on;
using test::star;
using test::TaskBench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

/// Flop of an event's own tasks, one for each device that computes.
std::vector<double> flop_of(const EventTasks& event) {
  std::vector<double> flop;
  for (const Task& task : event.tasks)
    if (task.kind == Task::Kind::Compute && std::string(task.purpose).empty()) flop.push_back(task.demand[0].flop);
  return flop;
}

/// Of `rows` rows of some sequences: two layers, and one that takes the last row of each sequence.
std::vector<LayerEvent> layers(std::int64_t rows, std::int64_t sequences) {
  return {linear("a", rows, 10, 20), linear("b", rows, 20, 10, {0}), linear("head", sequences, 10, 30, {1})};
}

}  // namespace

/// Seven rows of three sequences: one part has five rows of one of them, the other one two rows of two.
TEST(Parts, ReplicasHaveTheirOwnRowsAndSendNoOthers) {
  TaskBench bench(star(5, /*mesh=*/true));
  bench.mapping.set(Name("a"), on({1, 2}, Split::Replicas));
  bench.mapping.set(Name("b"), on({3, 4}, Split::Replicas));
  bench.mapping.set(Name("head"), on({3, 4}, Split::Replicas));
  bench.plan(layers(7, 3), {layers(5, 1), layers(2, 2)});
  // 20 numbers of two bytes a row.
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("A>C 200", "B>D 80"));
  EXPECT_THAT(bench.transfers_of(2), IsEmpty());
  // 2 · rows · in · out.
  EXPECT_THAT(flop_of(bench.events[0]), ElementsAre(2000, 800));
  EXPECT_THAT(flop_of(bench.events[1]), ElementsAre(2000, 800));
  EXPECT_THAT(flop_of(bench.events[2]), ElementsAre(600, 1200));
}

/// The last rows of a part's sequences are its own, where they go to others, too: of 10 numbers of two bytes each.
TEST(Parts, LastRowsGoToThePeerOfTheirPart) {
  TaskBench bench(star(4, /*mesh=*/true));
  bench.mapping.common().set_default(on({1, 2}, Split::Replicas));
  bench.mapping.set(Name("head"), on({3, 4}, Split::Replicas));
  bench.plan(layers(7, 3), {layers(5, 1), layers(2, 2)});
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("A>C 20", "B>D 40"));
}

/// Who needs all rows gets them from each part.
TEST(Parts, OneDeviceIsSentTheRowsOfAll) {
  TaskBench bench(star(3, /*mesh=*/true));
  bench.mapping.set(Name("a"), on({1, 2}, Split::Replicas));
  bench.mapping.common().set_default(on({3}));
  bench.plan(layers(7, 3), {layers(5, 1), layers(2, 2)});
  EXPECT_DOUBLE_EQ(bench.moved_B(1, 3), 200);
  EXPECT_DOUBLE_EQ(bench.moved_B(2, 3), 80);
}

/// In each group of a grid the devices share columns: of 5 rows 10 columns each, of 2 rows as many.
TEST(Parts, GroupsOfAGridHaveTheirOwnRows) {
  TaskBench bench(star(4, /*mesh=*/true));
  MapTarget grid = on({1, 2, 3, 4});
  grid.replicas = 2;
  bench.mapping.common().set_default(grid);
  bench.plan(layers(7, 3), {layers(5, 1), layers(2, 2)});
  EXPECT_THAT(flop_of(bench.events[0]), ElementsAre(1000, 1000, 400, 400));
}

TEST(Parts, MicroBatchesAreTheParts) {
  TaskBench bench(star(1));
  bench.rules.microbatches = bench.rules.batch = 2;
  bench.rules.interleaves = true;
  bench.mapping.common().set_default(on({1}));
  bench.plan(layers(7, 3), {layers(5, 1), layers(2, 2)});
  std::vector<double> flop;
  for (const EventTasks& event : bench.events)
    for (const double each : flop_of(event)) flop.push_back(each);
  EXPECT_THAT(flop, ElementsAre(2000, 800, 2000, 800, 600, 1200));
}

/// Rows of one sequence are not cut.
TEST(Parts, AreAsManyAsGroups) {
  TaskBench bench(star(3, /*mesh=*/true));
  bench.mapping.common().set_default(on({1, 2, 3}, Split::Replicas));
  std::vector<LayerEvent> all = layers(7, 3);
  all.back().slices = std::make_shared<const std::vector<Slice>>(1, Slice{0, 1, 7, 0});
  try {
    bench.plan(all, {layers(5, 1), layers(2, 2)});
    FAIL();
  } catch (const InputError& error) {
    EXPECT_STREQ(
        "mapping: 'a': replicas take rows of the batch, but its sequences differ in length; expected prompts "
        "of equal length",
        error.what());
  }
}
