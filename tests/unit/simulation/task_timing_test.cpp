/// Order and time of tasks. Each test simulates once, in a process of its own (ctest starts one for each).
#include <gtest/gtest.h>

#include <algorithm>

#include "task_bench.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

void expect_near(double expected, double actual) {
  EXPECT_NEAR(expected, actual, std::abs(expected) * 1e-12);
}

struct TaskTiming : ::testing::Test {
  TaskTiming() : a(machine.device("A")), b(machine.device("B")) {}
  SimulationResult run() { return test::run(script, machine.platform, &records); }

  MachineBuilder machine;
  DeviceIndex a;
  DeviceIndex b;
  Script script;
  Records records;
};

}  // namespace

TEST_F(TaskTiming, IndependentTasksOnTwoDevicesEndAtTheMaximum) {
  script.compute(a, work(3e-3));
  script.compute(b, work(5e-3, 4e-3));
  const SimulationResult result = run();
  expect_near(5e-3, result.time_s);
  // 8 ms at 2 W, 4 ms at 8 W.
  expect_near(16e-3 + 32e-3, result.energy_J());
  expect_near(6e-3, result.devices[a].energy.compute_J);
  expect_near(32e-3, result.devices[b].energy.main_mem_J);
  expect_near(3e-3, result.devices[a].busy.compute_s);
  expect_near(4e-3, result.devices[b].busy.mem_transfer_s);
}

TEST_F(TaskTiming, ATaskStartsWhenAllThatItWaitsForHaveEnded) {
  script.event("x");
  const TaskId x = script.compute(a, work(3e-3));
  script.event("y");
  const TaskId y = script.compute(b, work(5e-3));
  script.event("z");
  script.compute(a, work(1e-3), {x, y});
  run();
  ASSERT_EQ(3U, records.lines.size());
  EXPECT_EQ("z", records.lines[2].name);
  expect_near(5e-3, records.lines[2].start_s);
  expect_near(6e-3, records.lines[2].end_s);
}

TEST_F(TaskTiming, AStreamKeepsTheOrderOfIdsEvenWhereALaterTaskCouldStart) {
  script.event("first");
  const TaskId first = script.compute(a, work(2e-3));
  script.event("waits");
  script.compute(b, work(1e-3), {first});
  script.event("behind");
  script.compute(b, work(4e-3));
  run();
  ASSERT_EQ(3U, records.lines.size());
  EXPECT_EQ("behind", records.lines[2].name);
  expect_near(3e-3, records.lines[2].start_s);
  expect_near(7e-3, records.lines[2].end_s);
}

TEST_F(TaskTiming, StepsOfATaskFollowEachOther) {
  Step late = step(1e-3, 2e-3);
  late.overhead_s = 0.5e-3;
  script.compute(a, Demand(late, step(5e-3, 2e-3)));
  // 0.5 + max(1, 2), then max(5, 2).
  expect_near(7.5e-3, run().time_s);
}

TEST_F(TaskTiming, ATaskWithoutWorkTakesNoTime) {
  const TaskId none = script.compute(a, Demand());
  const TaskId zero = script.compute(a, work(0, 0), {none});
  script.compute(b, work(1e-3), {zero});
  expect_near(1e-3, run().time_s);
}

TEST_F(TaskTiming, JoinsTakeNoTimeAndNoStream) {
  const TaskId x = script.compute(a, work(1e-3));
  const TaskId both = script.join({x, script.compute(b, work(2e-3), {})});
  const TaskId first = script.join();
  script.compute(a, work(1e-3), {both, first});
  expect_near(3e-3, run().time_s);
}

TEST_F(TaskTiming, AChainOf65536JoinsEndsAtOnce) {
  TaskId last = script.compute(a, work(1e-3));
  for (int i = 0; i < 65'536; ++i) last = script.join({last});
  script.compute(b, work(1e-3), {last});
  expect_near(2e-3, run().time_s);
}

TEST_F(TaskTiming, TasksThatHaveEndedLongAgoAreWaitedForInVain) {
  // The first task leaves the window before the last is planned.
  const TaskId first = script.compute(a, work(1e-9));
  TaskId last = first;
  for (int i = 0; i < 70'000; ++i) {
    script.event("next");
    last = script.compute(a, work(1e-9), {last});
  }
  script.compute(b, work(1e-6), {first, last});
  EXPECT_NEAR(70'001e-9 + 1e-6, run().time_s, 1e-14);
}

TEST_F(TaskTiming, AtMostTheLookAheadIsPlanned) {
  // A source of 200,000 tasks, each behind the one before; it sees how many have not ended whenever it is asked.
  struct Chain : TaskSource, EventObserver {
    bool next(EventTasks& tasks) override {
      most = std::max(most, given - ended);
      if (given == 200'000) return false;
      Task task;
      task.id = given++;
      task.kind = Task::Kind::Compute;
      task.device = device;
      task.demand = work(1e-9);
      if (task.id > 0) task.after.push_back(task.id - 1);
      tasks.event = layer("x", {1}, {1});
      tasks.tasks.push_back(task);
      return true;
    }
    void on_event(const EventRecord&) override { ++ended; }
    DeviceIndex device = 0;
    std::int64_t given = 0, ended = 0, most = 0;
  } chain;
  chain.device = a;
  EXPECT_NEAR(200'000e-9, test::run(chain, machine.platform, &chain).time_s, 1e-13);
  EXPECT_EQ(200'000, chain.ended);
  EXPECT_EQ(8'191, chain.most) << "two steps of 4,096, less the one that runs";
}

TEST_F(TaskTiming, AnEventMayBringMoreTasksThanTheLookAhead) {
  for (int i = 0; i < 70'000; ++i) script.compute(i % 2 == 0 ? a : b, work(1e-9));
  script.event("after").compute(a, work(1e-6));
  EXPECT_NEAR(35'000e-9 + 1e-6, run().time_s, 1e-14);
}

TEST_F(TaskTiming, PhasesEndWithTheJoinThatSaysSo) {
  machine.platform.devices[b].architecture.idle_W = 5;
  script.event("prompt");
  const TaskId x = script.compute(a, work(2e-3));
  script.join({x}, true);
  script.event("token", Phase::Decode);
  script.compute(a, work(3e-3));
  script.event("beside", Phase::Decode);
  script.compute(b, work(4e-3));
  const SimulationResult result = run();
  expect_near(2e-3, result.phase(Phase::Prefill).time_s);
  expect_near(3e-3, result.phase(Phase::Decode).time_s);
  // A: 2 ms, then 3 ms; B: 4 ms from 0 on, of which 2 ms while prefill lasts. 2 W each.
  expect_near((2e-3 + 2e-3) * 2, result.phase(Phase::Prefill).energy.compute_J);
  expect_near((3e-3 + 2e-3) * 2, result.phase(Phase::Decode).energy.compute_J);
  expect_near(2e-3 * 5, result.phase(Phase::Prefill).energy.idle_J);
  expect_near(3e-3 * 5, result.phase(Phase::Decode).energy.idle_J);
}

TEST_F(TaskTiming, WithoutAnEndOfPrefillEverythingIsPrefill) {
  script.compute(a, work(2e-3));
  const SimulationResult result = run();
  expect_near(2e-3, result.phase(Phase::Prefill).time_s);
  EXPECT_EQ(0, result.phase(Phase::Decode).time_s);
  EXPECT_EQ(0, result.phase(Phase::Decode).energy.total_J());
}

TEST_F(TaskTiming, NothingToDoTakesNoTime) {
  const SimulationResult result = run();
  EXPECT_EQ(0, result.time_s);
  EXPECT_EQ(0, result.energy_J());
  ASSERT_EQ(3U, result.devices.size());
  EXPECT_EQ("B", result.devices[b].name);
}

TEST_F(TaskTiming, LongAndShortTasksSideBySideKeepTheirTimes) {
  // 1000 s on A; on B a thousand tasks of 1 ms, each with a transfer of 1 ns behind it.
  const RouteIndex up = machine.route(b, {0}, {machine.link("B.up", 1e9, 1e-9, LinkRole::DeviceToHost)});
  script.compute(a, work(1000, 1000));
  TaskId last = script.join();
  for (int i = 0; i < 1000; ++i) last = script.transfer(up, 1, {script.compute(b, work(1e-3), {last})});
  script.event("end");
  script.join({last});
  const SimulationResult result = run();
  expect_near(1000, result.time_s);
  EXPECT_NEAR(1 + 1e-6, records.lines.front().name == "end" ? records.lines.front().end_s : 0, 1e-9);
  EXPECT_NEAR(1000e-9, result.links[0].total_energy_J(), 1000e-9 * 1e-3);
}
