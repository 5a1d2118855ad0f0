/// What goes wrong with tasks, and what is said of it. Each test simulates once, in a process of its own.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>
#include <limits>

#include "task_bench.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

struct TaskError : ::testing::Test {
  TaskError()
      : a(machine.device("A")),
        b(machine.device("B")),
        down(machine.route(0, {a}, {machine.link("down", 10e9, 100e-12)})) {}

  std::string error() {
    try {
      test::run(script, machine.platform);
    } catch (const SimulationError& problem) {
      return problem.what();
    }
    return "no error";
  }
  /// Leaves out the id of a task that others can wait for in vain.
  TaskId missing() { return script.next_id++; }

  MachineBuilder machine;
  DeviceIndex a, b;
  RouteIndex down;
  Script script;
};

class FailingSource : public Script {
 public:
  bool next(EventTasks& tasks) override {
    if (Script::next(tasks)) return true;
    throw InputError({"trace.jsonl", 3}, "bad event");
  }
};

class FailingObserver : public EventObserver {
 public:
  void on_event(const EventRecord&) override { throw InputError("disk full"); }
};

}  // namespace

TEST_F(TaskError, WaitingForALaterTask) {
  script.next_id = 3;
  script.compute(a, work(1e-3), {7});
  EXPECT_EQ("task 3 waits for task 7, which comes after it", error());
}

TEST_F(TaskError, WaitingForItself) {
  script.compute(a, work(1e-3), {0});
  EXPECT_EQ("task 0 waits for itself", error());
}

TEST_F(TaskError, ACycle) {
  script.compute(a, work(1e-3), {1});
  script.compute(b, work(1e-3), {0});
  EXPECT_EQ("task 0 waits for task 1, which comes after it", error());
}

TEST_F(TaskError, WaitingForATaskBeforeTheFirst) {
  script.compute(a, work(1e-3), {-1});
  EXPECT_EQ("task 0 waits for task -1; ids begin at 0", error());
}

TEST_F(TaskError, IdsThatDoNotAscend) {
  script.next_id = 5;
  script.compute(a, work(1e-3));
  script.next_id = 5;
  script.compute(a, work(1e-3));
  EXPECT_EQ("task 5 comes after task 5; ids have to ascend", error());
}

TEST_F(TaskError, IdsFarApart) {
  script.compute(a, work(1e-3));
  script.next_id = 1'000'000'000'000;
  script.compute(a, work(1e-3));
  EXPECT_EQ("task 1000000000000 comes after task 0; too many ids are left out", error());
}

TEST_F(TaskError, WhatDoesNotExist) {
  script.compute(7, work(1e-3));
  EXPECT_EQ("task 0 runs on a device that does not exist", error());
}

TEST_F(TaskError, ARouteThatDoesNotExist) {
  script.transfer(1, 1);
  EXPECT_EQ("task 0 takes a route that does not exist", error());
}

TEST_F(TaskError, TransfersOfNothing) {
  script.transfer(down, 0);
  EXPECT_EQ("task 0 transfers no bytes", error());
}

TEST_F(TaskError, TransfersOfNoNumber) {
  script.transfer(down, std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ("task 0 transfers no bytes", error());
}

TEST_F(TaskError, TransfersOfTooMuch) {
  script.transfer(down, 1e300);
  EXPECT_EQ("1e+300 bytes at once are more than can be simulated", error());
}

TEST_F(TaskError, MoreWeightsThanMemoryWork) {
  script.compute(a, work(1e-3, 1e-3), {}, 1.5);
  EXPECT_EQ("task 0 has weights that are not a part of its memory work", error());
}

TEST_F(TaskError, MorePowerThanTheRating) {
  // Others are waiting and under way.
  script.compute(b, work(1));
  Step step;
  step.unit = ComputeUnit::Vector;
  step.compute = {1e-3, 4e-3};  // 4 W of 3 W
  const TaskId hot = script.compute(a, Demand(step));
  script.transfer(down, 1, {hot});
  EXPECT_EQ("A.fixed_time is asked for 1.333333 times its rated power", error());
}

TEST_F(TaskError, MorePowerThanTheMemoryPortHas) {
  Step step;
  step.memory = {1e-3, 9e-3};  // 9 W of 8 W
  script.compute(a, Demand(step), {script.compute(b, work(1))}, 1);
  EXPECT_EQ("A.memory is asked for 1.125000 times its rated power", error());
}

TEST_F(TaskError, ErrorsOfTheSourceLeaveTheSimulation) {
  FailingSource source;
  source.compute(a, work(1e-3), {source.compute(b, work(1))});
  try {
    test::run(source, machine.platform);
    FAIL() << "no error";
  } catch (const InputError& problem) {
    EXPECT_STREQ("trace.jsonl:3: bad event", problem.what());
  }
}

TEST_F(TaskError, ErrorsOfTheObserverLeaveTheSimulation) {
  script.compute(a, work(1e-3));
  FailingObserver observer;
  try {
    test::run(script, machine.platform, &observer);
    FAIL() << "no error";
  } catch (const InputError& problem) {
    EXPECT_STREQ("disk full", problem.what());
  }
}

TEST_F(TaskError, ADeadlockNamesTheStreamsAndWhatTheyWaitFor) {
  script.event("q_proj");
  script.compute(b, work(1e-3));
  const TaskId none = missing();
  const TaskId input = script.transfer(down, 1e3, {none});
  script.event("k_proj");
  const TaskId k = script.compute(a, work(1e-3), {input});
  script.compute(b, work(1e-3), {script.join({script.join({k})})});
  EXPECT_EQ(
      "deadlock: A waits for input of q_proj (event 0) on HOST to A; B waits for k_proj (event 1) on A; HOST to A "
      "waits "
      "for task 1, which does not exist",
      error());
}

TEST_F(TaskError, ADeadlockOfJoinsAlone) {
  script.event("attention");
  const TaskId none = missing();
  script.join({none});
  script.event("");
  script.events.back().is_event = false;
  script.join({1});
  EXPECT_EQ(
      "deadlock: attention (event 0) waits for task 0, which does not exist; the end of the run waits for task 0, "
      "which does not exist",
      error());
}

TEST_F(TaskError, ADeadlockOfManyStreamsNamesEight) {
  const TaskId none = missing();
  script.event("stuck");
  for (int i = 0; i < 11; ++i) script.compute(machine.device("d" + std::to_string(i)), work(1e-3), {none});
  const std::string text = error();
  EXPECT_THAT(text, ::testing::StartsWith("deadlock: d0 waits for task 0, which does not exist; d1 waits"));
  EXPECT_THAT(text, ::testing::EndsWith("; d7 waits for task 0, which does not exist; and 3 more"));
}

TEST_F(TaskError, ADeadlockOfAFullWindowIsFoundWithinASecond) {
  const TaskId none = missing();
  for (int i = 0; i < 100'000; ++i) {
    script.event("stuck");
    const TaskId join = script.join({i == 0 ? none : script.next_id - 1});
    if (i % 2 == 0) script.compute(i % 4 == 0 ? a : b, work(1e-9), {join});
  }
  // Of processor time: whatever else the machine does.
  const std::clock_t start = std::clock();
  EXPECT_EQ("deadlock: A waits for task 0, which does not exist; B waits for stuck (event 0) on A", error());
  EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
}

TEST_F(TaskError, ADeadlockWithWeightsFetchedAhead) {
  const TaskId none = missing();
  script.event("fetched").compute(a, work(1e-3, 1e-3), {none}, 1);
  EXPECT_EQ("deadlock: A waits for task 0, which does not exist", error());
}

TEST_F(TaskError, NothingIsPrintedAtADeadlock) {
  script.compute(a, work(1e-3), {missing()});
  ::testing::internal::CaptureStderr();
  const std::string text = error();
  EXPECT_EQ("", ::testing::internal::GetCapturedStderr());
  EXPECT_THAT(text, ::testing::StartsWith("deadlock: "));
}
