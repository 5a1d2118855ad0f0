#include "simulation/task_graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "simulation/busy_clock.hpp"
#include "simulation/event_ledger.hpp"

using namespace upmem_des;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

namespace {

struct TaskGraphTest : ::testing::Test {
  void add(TaskId id, std::vector<TaskId> after) {
    Task task;
    task.id = id;
    task.after = std::move(after);
    graph.add(std::move(task), event);
  }
  std::vector<TaskId> end(TaskId id) {
    std::vector<TaskId> ready;
    graph.end(id, ready);
    return ready;
  }

  EventEntry event;
  TaskGraph graph;
};

}  // namespace

TEST_F(TaskGraphTest, ATaskIsReadyWhenTheLastItWaitsForHasEnded) {
  add(0, {});
  add(1, {});
  add(2, {0, 1});
  add(3, {0});
  EXPECT_TRUE(graph.ready(0));
  EXPECT_FALSE(graph.ready(2));
  EXPECT_EQ(0, graph.held_back_by(2));
  EXPECT_THAT(end(0), ElementsAre(3));
  EXPECT_EQ(1, graph.held_back_by(2));
  EXPECT_THAT(end(1), ElementsAre(2));
  EXPECT_EQ(std::nullopt, graph.held_back_by(2));
}

TEST_F(TaskGraphTest, TheWindowBeginsAtTheOldestThatHasNotEnded) {
  for (TaskId id = 0; id < 10; ++id) add(id, {});
  end(1);
  end(2);
  EXPECT_EQ(10, graph.size());
  end(0);
  EXPECT_EQ(7, graph.size());
  // 0 is no longer kept, and counts as ended.
  add(10, {0, 2, 9});
  EXPECT_EQ(1, graph.at(10).pending);
}

TEST_F(TaskGraphTest, IdsThatAreLeftOutNeverEnd) {
  add(0, {});
  add(2, {1});
  EXPECT_THAT(end(0), IsEmpty());
  EXPECT_EQ(1, graph.held_back_by(2));
  EXPECT_EQ(2, graph.size());
}

TEST(BusyClockTest, OverlapsCountOnceAndGapsDoNot) {
  BusyClock clock;
  std::map<std::size_t, double> by_key;
  const auto pass = [&](double time_s) {
    clock.pass(time_s, [&](std::size_t key, double passed_s) { by_key[key] += passed_s; });
  };
  pass(1);
  clock.start(Phase::Prefill, 7);
  pass(2);
  clock.start(Phase::Decode, 8);
  pass(3);
  clock.start(Phase::Prefill, 9);
  pass(4);
  clock.stop(Phase::Prefill, 7);
  pass(4.5);
  clock.stop(Phase::Prefill, 9);
  pass(5);
  clock.stop(Phase::Decode, 8);
  pass(10);
  clock.start(Phase::Decode, 8);
  pass(10.5);
  clock.stop(Phase::Decode, 8);
  EXPECT_EQ(3.5, clock.total_s(Phase::Prefill));
  EXPECT_EQ(1, clock.total_s(Phase::Decode));
  // From 3 to 4 there are two of prefill.
  EXPECT_EQ((std::map<std::size_t, double>{{7, 2.5}, {8, 1}, {9, 1}}), by_key);
}
