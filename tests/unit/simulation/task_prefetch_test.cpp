/// Weights that are fetched ahead. Each test simulates once, in a process of its own.
#include <gtest/gtest.h>

#include "task_bench.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

void expect_near(double expected, double actual) {
  EXPECT_NEAR(expected, actual, std::abs(expected) * 1e-12);
}

struct TaskPrefetch : ::testing::Test {
  TaskPrefetch() : a(machine.device("A")), b(machine.device("B")) {}
  double run() {
    const SimulationResult result = test::run(script, machine.platform, &records);
    // What is fetched when does not change what it takes.
    double compute_s = 0, memory_s = 0;
    for (const EventTasks& event : script.events)
      for (const Task& task : event.tasks)
        for (const Step& part : task.demand) {
          compute_s += part.compute.time_s;
          memory_s += part.memory.time_s + part.kv.time_s;
        }
    expect_near(compute_s * 2 + memory_s * 8, result.energy_J());
    expect_near(compute_s, result.phase(Phase::Prefill).busy.compute_s);
    EXPECT_LE(result.devices[a].busy.mem_transfer_s + result.devices[a].busy.kv_load_s, result.time_s * (1 + 1e-12));
    return result.time_s;
  }

  MachineBuilder machine;
  DeviceIndex a, b;
  Script script;
  Records records;
};

}  // namespace

TEST_F(TaskPrefetch, WithoutItTimesAddUp) {
  const TaskId first = script.compute(a, work(5e-3));
  script.compute(a, work(0, 3e-3), {first});
  expect_near(8e-3, run());
}

TEST_F(TaskPrefetch, HidesShorterStreamsWholly) {
  const TaskId first = script.compute(a, work(5e-3));
  script.compute(a, work(0, 3e-3), {first}, 1);
  expect_near(5e-3, run());
}

TEST_F(TaskPrefetch, HidesLongerStreamsByTheArithmeticBefore) {
  const TaskId first = script.compute(a, work(3e-3));
  script.compute(a, work(0, 5e-3), {first}, 1);
  expect_near(5e-3, run());
}

TEST_F(TaskPrefetch, AChainFetchesOneTaskAhead) {
  // Each 2 ms of arithmetic and 3 ms of weights. The first fetches from 0 on and ends at 3 ms; the second's weights
  // stream from 3 ms on, when the port is free, and so on: 3 ms each.
  TaskId last = script.compute(a, work(2e-3, 3e-3), {}, 1);
  last = script.compute(a, work(2e-3, 3e-3), {last}, 1);
  script.compute(a, work(2e-3, 3e-3), {last}, 1);
  expect_near(9e-3, run());
}

TEST_F(TaskPrefetch, OnlyOneTaskAhead) {
  // 10 ms of arithmetic hide the weights of the second task, not those of the third, which start with the second.
  TaskId last = script.compute(a, work(10e-3));
  last = script.compute(a, work(0, 4e-3), {last}, 1);
  script.compute(a, work(0, 4e-3), {last}, 1);
  expect_near(14e-3, run());
}

TEST_F(TaskPrefetch, TheRestOfTheMemoryWorkWaitsForTheTask) {
  // Weights are half of 4 ms: 2 ms of them stream beside the 5 ms before; the other 2 ms only from 5 ms on.
  const TaskId first = script.compute(a, work(5e-3));
  script.compute(a, work(1e-3, 4e-3), {first}, 0.5);
  expect_near(7e-3, run());
}

TEST_F(TaskPrefetch, MemoryWorkOfTheTaskBeforeComesFirst) {
  // First: 2 ms of arithmetic, 4 ms of memory. Its memory work, then the weights (3 ms), 4 to 7 ms.
  const TaskId first = script.compute(a, work(2e-3, 4e-3));
  script.compute(a, work(1e-3, 3e-3), {first}, 1);
  expect_near(7e-3, run());
}

TEST_F(TaskPrefetch, CacheRowsAreNotFetchedAhead) {
  Step attention = step(0, 2e-3);
  attention.kv = {3e-3, 3e-3 * 8};
  const TaskId first = script.compute(a, work(5e-3));
  script.compute(a, Demand(attention), {first}, 1);
  expect_near(8e-3, run());
}

TEST_F(TaskPrefetch, TheSecondStepOfTheTaskBeforeKeepsThePort) {
  // Steps of 1 ms memory beside 4 ms arithmetic: the weights go behind the second step's, 5 to 8 ms.
  const TaskId first = script.compute(a, Demand(step(4e-3, 1e-3), step(4e-3, 1e-3)));
  script.compute(a, work(0, 6e-3), {first}, 1);
  // 5 ms to 11 ms.
  expect_near(11e-3, run());
}

TEST_F(TaskPrefetch, TheFirstTaskOfAStreamFetchesWhileItWaitsForItsInput) {
  const TaskId input = script.compute(b, work(3e-3));
  script.compute(a, work(1e-3, 2e-3), {input}, 1);
  expect_near(4e-3, run());
}

TEST_F(TaskPrefetch, AnIdleDeviceFetchesTheNextWeights) {
  const TaskId first = script.compute(a, work(1e-3));
  const TaskId input = script.compute(b, work(6e-3));
  script.compute(a, work(1e-3, 4e-3), {first, input}, 1);
  expect_near(7e-3, run());
}

TEST_F(TaskPrefetch, OverheadComesBeforeTheRestOfTheMemoryWork) {
  Step late = step(1e-3, 4e-3);
  late.overhead_s = 2e-3;
  const TaskId first = script.compute(a, work(2e-3));
  script.compute(a, Demand(late), {first}, 0.5);
  // Weights from 0 to 2 ms; the rest from 2 + 2 ms on for 2 ms.
  expect_near(6e-3, run());
}

TEST_F(TaskPrefetch, APlanThatComesLateFindsThePortBusyWithWorkThatBypassedIt) {
  // B holds the window for 1 ms; only then the task whose weights can be fetched is planned, and A is under way.
  script.event("holds").compute(b, work(1e-3));
  for (int i = 0; i < 4'000; ++i) script.event("empty").join();
  script.event("first").compute(a, work(2e-3, 4e-3));
  for (int i = 0; i < 1'000; ++i) script.event("empty").join();
  script.event("late").compute(a, work(0, 3e-3), {}, 1);
  expect_near(7e-3, run());
  for (const Records::Line& line : records.lines)
    if (line.name == "first") expect_near(4e-3, line.end_s);
}

TEST_F(TaskPrefetch, NoShareNoPort) {
  // With nothing fetched ahead anywhere, memory work beside arithmetic as ever.
  const TaskId first = script.compute(a, work(2e-3, 4e-3));
  script.compute(a, work(5e-3, 3e-3), {first});
  expect_near(9e-3, run());
}
