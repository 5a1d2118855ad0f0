#include "simulation/segment_finder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation/event_ledger.hpp"
#include "task_bench.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using ::testing::DoubleEq;
using ::testing::ElementsAre;

namespace {

constexpr DeviceIndex here = 1, there = 2;

struct SegmentFinderTest : ::testing::Test {
  TaskId add(Task task, std::vector<TaskId> after) {
    task.id = next++;
    task.after = std::move(after);
    return graph.add(std::move(task), event).task.id;
  }
  TaskId compute(DeviceIndex device, std::vector<TaskId> after, double seconds = 1) {
    Task task;
    task.kind = Task::Kind::Compute;
    task.device = device;
    task.demand = work(seconds);
    const TaskId id = add(task, std::move(after));
    if (device == here) queue.push_back(id);
    return id;
  }
  TaskId join(std::vector<TaskId> after, bool ends_prefill = false) {
    Task task;
    task.ends_prefill = ends_prefill;
    return add(task, std::move(after));
  }
  TaskId transfer(std::vector<TaskId> after) {
    Task task;
    task.kind = Task::Kind::Transfer;
    task.bytes = 1;
    return add(task, std::move(after));
  }

  /// The ids of the next segment, which starts at 0 s.
  std::vector<TaskId> find(TaskId limit = 1'000'000, std::size_t rest = 0) {
    const TaskId first = queue.front();
    queue.pop_front();
    std::vector<TaskId> ids;
    for (const EndedTask& task : SegmentFinder(graph).find(first, 0, queue, limit, rest).take_all())
      ids.push_back(task.id);
    return ids;
  }

  EventEntry event;
  TaskGraph graph;
  std::deque<TaskId> queue;
  TaskId next = 0;
};

}  // namespace

TEST_F(SegmentFinderTest, TasksThatNobodyElseWaitsForAreOne) {
  compute(here, {});
  compute(here, {0});
  compute(here, {0, 1});
  compute(here, {});
  EXPECT_THAT(find(), ElementsAre(0, 1, 2, 3));
}

TEST_F(SegmentFinderTest, ItEndsWithATaskThatATransferWaitsFor) {
  compute(here, {});
  compute(here, {0});
  transfer({1});
  compute(here, {1});
  EXPECT_THAT(find(), ElementsAre(0, 1));
}

TEST_F(SegmentFinderTest, ItEndsWithATaskThatAnotherDeviceWaitsFor) {
  compute(here, {});
  compute(there, {0});
  compute(here, {0});
  EXPECT_THAT(find(), ElementsAre(0));
}

TEST_F(SegmentFinderTest, ItEndsBeforeATaskThatWaitsForOthers) {
  compute(there, {});
  compute(here, {});
  compute(here, {1});
  compute(here, {0, 2});
  EXPECT_THAT(find(), ElementsAre(1, 2));
}

TEST_F(SegmentFinderTest, JoinsOfItsOwnTasksAreNoMeetingPoints) {
  compute(here, {});
  compute(here, {});
  join({0, 1});
  join({0, 2});
  compute(here, {3});
  EXPECT_THAT(find(), ElementsAre(0, 1, 4));
}

TEST_F(SegmentFinderTest, AJoinOfLaterTasksOfTheSameDeviceIsNoMeetingPoint) {
  compute(there, {});
  compute(here, {});
  compute(here, {0});
  join({1, 2});
  transfer({3});
  EXPECT_THAT(find(), ElementsAre(1));  // 2 waits for another device, and so does the join, by way of it
}

TEST_F(SegmentFinderTest, ItEndsWithATaskWhoseJoinOthersWaitFor) {
  compute(here, {});
  join({0});
  transfer({1});
  compute(here, {0});
  EXPECT_THAT(find(), ElementsAre(0));
}

TEST_F(SegmentFinderTest, ItEndsWithATaskWhoseJoinWaitsForOthers) {
  compute(there, {});
  compute(here, {});
  join({0, 1});
  compute(here, {1});
  EXPECT_THAT(find(), ElementsAre(1));
}

TEST_F(SegmentFinderTest, ItEndsWithATaskWhoseJoinWaitsForAJoinOfOthers) {
  compute(there, {});
  compute(here, {});
  join({0});
  join({1, 2});
  compute(here, {1});
  EXPECT_THAT(find(), ElementsAre(1));
}

TEST_F(SegmentFinderTest, TheEndOfPrefillIsAMeetingPoint) {
  compute(here, {});
  join({0}, true);
  compute(here, {0});
  EXPECT_THAT(find(), ElementsAre(0));
}

TEST_F(SegmentFinderTest, ItLeavesARest) {
  for (int i = 0; i < 3; ++i) compute(here, {});
  EXPECT_THAT(find(100, 1), ElementsAre(0, 1));
  EXPECT_THAT(queue, ElementsAre(2));
}

TEST_F(SegmentFinderTest, ItEndsBelowALimit) {
  for (int i = 0; i < 5; ++i) compute(here, {});
  EXPECT_THAT(find(3), ElementsAre(0, 1, 2));
  EXPECT_THAT(find(3), ElementsAre(3));  // the first is ready, whatever its id
  EXPECT_THAT(queue, ElementsAre(4));
}

TEST_F(SegmentFinderTest, ASegmentIsBounded) {
  for (std::size_t i = 0; i < SegmentFinder::largest + 10; ++i) compute(here, {});
  EXPECT_EQ(SegmentFinder::largest, find().size());
  EXPECT_EQ(10U, find().size());
}

TEST_F(SegmentFinderTest, NodesKnowWhenTheyWillHaveEnded) {
  compute(here, {}, 2);
  join({0});
  compute(here, {1}, 3);
  transfer({2});
  queue.pop_front();
  const Segment segment = SegmentFinder(graph).find(0, 10, queue, next, 0);
  EXPECT_DOUBLE_EQ(12, graph.at(0).ends_s);
  EXPECT_DOUBLE_EQ(12, graph.at(1).ends_s);
  EXPECT_DOUBLE_EQ(15, graph.at(2).ends_s);
  EXPECT_FALSE(graph.at(3).in_segment());
  EXPECT_EQ(here, graph.at(1).segment_of);
  EXPECT_DOUBLE_EQ(15, segment.end_s());
}

TEST(Segment, TellsWhatHasEndedAndWhatRuns) {
  Segment segment(10);
  segment.add(3, work(1, 2));  // 2 J of arithmetic, 16 J of memory in 2 s
  segment.add(5, work(4));     // 8 J in 4 s
  EXPECT_DOUBLE_EQ(16, segment.end_s());
  EXPECT_EQ(3, segment.running(11).id);
  EXPECT_EQ(5, segment.running(12).id);
  EXPECT_DOUBLE_EQ(0, segment.ended_work(11).arithmetic_J);
  EXPECT_DOUBLE_EQ(2, segment.ended_work(13).arithmetic_J);
  EXPECT_DOUBLE_EQ(10, segment.ended_work(16).arithmetic_J);
  const Stretch all = segment.spread();
  EXPECT_DOUBLE_EQ(6, all.time_s);
  EXPECT_DOUBLE_EQ(10, all.arithmetic_J);
  EXPECT_DOUBLE_EQ(6, all.arithmetic_s);
  EXPECT_DOUBLE_EQ(16, all.memory_J);
  EXPECT_DOUBLE_EQ(0, all.vector_s);

  EXPECT_TRUE(segment.take_ended(11.5).empty());
  const std::vector<EndedTask> first = segment.take_ended(12);
  ASSERT_EQ(1U, first.size());
  EXPECT_DOUBLE_EQ(10, first[0].start_s);
  EXPECT_DOUBLE_EQ(12, first[0].end_s);
  EXPECT_DOUBLE_EQ(2, first[0].lasted_s);
  EXPECT_TRUE(segment.take_ended(12).empty());
  EXPECT_EQ(1U, segment.take_all().size());
  EXPECT_TRUE(segment.take_all().empty());
}
