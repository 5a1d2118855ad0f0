/// Weights that are fetched ahead. Each test simulates once, in a process of its own.
#include <gtest/gtest.h>

#include "task_bench.hpp"
#include "upmem_des/platform/platform_spec.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

void expect_near(double expected, double actual) {
  EXPECT_NEAR(expected, actual, std::abs(expected) * 1e-12);
}

/// Both ways: by windows, and with each piece left to SimGrid.
struct TaskPrefetch : ::testing::TestWithParam<bool> {
  TaskPrefetch() : a(machine.device("A")), b(machine.device("B")) {}
  double run(const FetchRules& rules = FetchRules::one_task()) {
    const SimulationResult result = test::run(script, machine.platform, &records, false, GetParam(), rules);
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

TEST_P(TaskPrefetch, WithoutItTimesAddUp) {
  const TaskId first = script.compute(a, work(5e-3));
  script.compute(a, work(0, 3e-3), {first});
  expect_near(8e-3, run());
}

TEST_P(TaskPrefetch, HidesShorterStreamsWholly) {
  const TaskId first = script.compute(a, work(5e-3));
  script.compute(a, work(0, 3e-3), {first}, 1);
  expect_near(5e-3, run());
}

TEST_P(TaskPrefetch, HidesLongerStreamsByTheArithmeticBefore) {
  const TaskId first = script.compute(a, work(3e-3));
  script.compute(a, work(0, 5e-3), {first}, 1);
  expect_near(5e-3, run());
}

TEST_P(TaskPrefetch, AChainFetchesOneTaskAhead) {
  // Each 2 ms of arithmetic and 3 ms of weights. The first fetches from 0 on and ends at 3 ms; the second's weights
  // stream from 3 ms on, when the port is free, and so on: 3 ms each.
  TaskId last = script.compute(a, work(2e-3, 3e-3), {}, 1);
  last = script.compute(a, work(2e-3, 3e-3), {last}, 1);
  script.compute(a, work(2e-3, 3e-3), {last}, 1);
  expect_near(9e-3, run());
}

TEST_P(TaskPrefetch, OnlyOneTaskAhead) {
  // 10 ms of arithmetic hide the weights of the second task, not those of the third, which start with the second.
  TaskId last = script.compute(a, work(10e-3));
  last = script.compute(a, work(0, 4e-3), {last}, 1);
  script.compute(a, work(0, 4e-3), {last}, 1);
  expect_near(14e-3, run());
}

TEST_P(TaskPrefetch, TheRestOfTheMemoryWorkWaitsForTheTask) {
  // Weights are half of 4 ms: 2 ms of them stream beside the 5 ms before; the other 2 ms only from 5 ms on.
  const TaskId first = script.compute(a, work(5e-3));
  script.compute(a, work(1e-3, 4e-3), {first}, 0.5);
  expect_near(7e-3, run());
}

TEST_P(TaskPrefetch, MemoryWorkOfTheTaskBeforeComesFirst) {
  // First: 2 ms of arithmetic, 4 ms of memory. Its memory work, then the weights (3 ms), 4 to 7 ms.
  const TaskId first = script.compute(a, work(2e-3, 4e-3));
  script.compute(a, work(1e-3, 3e-3), {first}, 1);
  expect_near(7e-3, run());
}

TEST_P(TaskPrefetch, CacheRowsAreNotFetchedAhead) {
  Step attention = step(0, 2e-3);
  attention.kv = {3e-3, 3e-3 * 8};
  const TaskId first = script.compute(a, work(5e-3));
  script.compute(a, Demand(attention), {first}, 1);
  expect_near(8e-3, run());
}

TEST_P(TaskPrefetch, TheSecondStepOfTheTaskBeforeKeepsThePort) {
  // Steps of 1 ms memory beside 4 ms arithmetic: the weights go behind the second step's, 5 to 8 ms.
  const TaskId first = script.compute(a, Demand(step(4e-3, 1e-3), step(4e-3, 1e-3)));
  script.compute(a, work(0, 6e-3), {first}, 1);
  // 5 ms to 11 ms.
  expect_near(11e-3, run());
}

TEST_P(TaskPrefetch, TheFirstTaskOfAStreamFetchesWhileItWaitsForItsInput) {
  const TaskId input = script.compute(b, work(3e-3));
  script.compute(a, work(1e-3, 2e-3), {input}, 1);
  expect_near(4e-3, run());
}

TEST_P(TaskPrefetch, AnIdleDeviceFetchesTheNextWeights) {
  const TaskId first = script.compute(a, work(1e-3));
  const TaskId input = script.compute(b, work(6e-3));
  script.compute(a, work(1e-3, 4e-3), {first, input}, 1);
  expect_near(7e-3, run());
}

TEST_P(TaskPrefetch, OverheadComesBeforeTheRestOfTheMemoryWork) {
  Step late = step(1e-3, 4e-3);
  late.overhead_s = 2e-3;
  const TaskId first = script.compute(a, work(2e-3));
  script.compute(a, Demand(late), {first}, 0.5);
  // Weights from 0 to 2 ms; the rest from 2 + 2 ms on for 2 ms.
  expect_near(6e-3, run());
}

TEST_P(TaskPrefetch, APlanThatComesLateFindsThePortBusy) {
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

TEST_P(TaskPrefetch, NoShareNoPort) {
  // With nothing fetched ahead anywhere, memory work beside arithmetic as ever.
  const TaskId first = script.compute(a, work(2e-3, 4e-3));
  script.compute(a, work(5e-3, 3e-3), {first});
  expect_near(9e-3, run());
}

namespace {

/// A product of 3 ms arithmetic and weights of 2 ms (200 MB), a norm of 1 ms arithmetic, a product of 0.2 ms arithmetic
/// and weights of 2 ms.
void product_norm_product(DeviceIndex device, Script& script) {
  const TaskId product = script.compute(device, work(3e-3, 2e-3), {}, 1);
  const TaskId norm = script.compute(device, work(1e-3), {product});
  script.compute(device, work(0.2e-3, 2e-3), {norm}, 1);
}

}  // namespace

TEST_P(TaskPrefetch, ANormThatIsNextHidesTheProductBehindIt) {
  product_norm_product(a, script);
  // Without, 3 + 1 + 2 ms. Only the norm, 1 ms, hides weights of the second product.
  expect_near(5e-3, run());
}

TEST_P(TaskPrefetch, ABufferSmallerThanAWeight) {
  product_norm_product(a, script);
  // The first product's own weights leave nothing of 50 MB. While the norm runs 0.5 ms are fetched: 3 + 1 + 1.5 ms.
  expect_near(5.5e-3, run(FetchRules::of_buffer(50e6)));
}

TEST_P(TaskPrefetch, ABufferOfOneWeight) {
  product_norm_product(a, script);
  // Full with the first product's weights until that ends: 3 + 1 + (2 − 1) ms.
  expect_near(5e-3, run(FetchRules::of_buffer(200e6)));
}

TEST_P(TaskPrefetch, ABufferOfMoreThanOneWeight) {
  product_norm_product(a, script);
  // 50 MB, 0.5 ms, come beside the first product, 1 ms beside the norm: 3 + 1 + 0.5 ms.
  expect_near(4.5e-3, run(FetchRules::of_buffer(250e6)));
}

TEST_P(TaskPrefetch, ABufferOfTwoWeights) {
  product_norm_product(a, script);
  // 1 ms each come beside the first product, from 2 to 3 ms, and the norm: 3 + 1 + 0.2 ms.
  expect_near(4.2e-3, run(FetchRules::of_buffer(400e6)));
}

TEST_P(TaskPrefetch, ABufferForEverything) {
  product_norm_product(a, script);
  expect_near(4.2e-3, run(FetchRules::of_buffer(1e18)));
}

TEST_P(TaskPrefetch, ABufferOfAByteHidesAsMuch) {
  product_norm_product(a, script);
  // 10 ps of the last product's weights.
  const double actual_s = run(FetchRules::of_buffer(1));
  EXPECT_NEAR(10e-12, 6e-3 - actual_s, 1e-15);
}

TEST_P(TaskPrefetch, ABufferReachesAsFarAsItCan) {
  // 10 ms of arithmetic, then ten tasks of 1 ms of weights (100 MB) each. Four of them fit and are there at once; while
  // they take no time the others follow, 6 ms.
  TaskId last = script.compute(a, work(10e-3));
  for (int i = 0; i < 10; ++i) last = script.compute(a, work(0, 1e-3), {last}, 1);
  expect_near(16e-3, run(FetchRules::of_buffer(400e6)));
}

TEST_P(TaskPrefetch, AChainIsAsFastAsItsMemory) {
  // Ten products of 1 ms arithmetic and 3 ms weights (300 MB), norms of 1 ms between them, 39 ms one after the other.
  // A product ends as its weights come, and each norm hides 1 ms of the next one's: the memory never stops, even where
  // the buffer takes one weight only.
  TaskId last = script.compute(a, work(1e-3, 3e-3), {}, 1);
  for (int i = 0; i < 9; ++i) {
    last = script.compute(a, work(1e-3), {last});
    last = script.compute(a, work(1e-3, 3e-3), {last}, 1);
  }
  expect_near(30e-3, run(FetchRules::of_buffer(300e6)));
}

TEST_P(TaskPrefetch, ADeviceThatWaitsFillsItsBuffer) {
  // The input comes after 6 ms. 4 ms of the first task's weights and 1 of 3 ms of the second's (500 MB) are there by
  // then. The first takes 1 ms, in which nothing fits; the second 2 ms.
  const TaskId input = script.compute(b, work(6e-3));
  const TaskId first = script.compute(a, work(1e-3, 4e-3), {input}, 1);
  script.compute(a, work(0.5e-3, 3e-3), {first}, 1);
  expect_near(9e-3, run(FetchRules::of_buffer(500e6)));
}

TEST_P(TaskPrefetch, OwnMemoryWorkInterruptsWhatIsFetchedAhead) {
  // 1 ms of arithmetic, beside which 1 of 5 ms of the last task's weights comes. Then a task reads 2 ms of activations
  // at once, as if nothing was fetched, and computes for 3 ms: 1 ms more comes. 3 ms of weights are left at 4 ms.
  const TaskId first = script.compute(a, work(1e-3));
  const TaskId second = script.compute(a, work(3e-3, 2e-3), {first});
  script.compute(a, work(1e-3, 5e-3), {second}, 1);
  expect_near(7e-3, run(FetchRules::of_buffer(1e18)));
}

TEST_P(TaskPrefetch, ABufferFillsBetweenTheStepsOfATask) {
  // Steps of 1 ms memory beside 4 ms arithmetic: 3 ms of the next task's 7 come beside each.
  const TaskId first = script.compute(a, Demand(step(4e-3, 1e-3), step(4e-3, 1e-3)));
  script.compute(a, work(0, 7e-3), {first}, 1);
  expect_near(9e-3, run(FetchRules::of_buffer(1e18)));
}

TEST_P(TaskPrefetch, WhatComesAheadIsDrawnInThePhaseInWhichItComes) {
  // Memory of the device that computes draws 8 W. Prefill ends at 2 ms, of the 3 ms of weights of decode 1 ms has come
  // by then, since 1 ms was that of the first task itself.
  const TaskId first = script.compute(a, work(2e-3, 1e-3));
  script.join({first}, true);
  script.event("decode", Phase::Decode).compute(a, work(1e-3, 3e-3), {first}, 1);
  const SimulationResult result =
      test::run(script, machine.platform, nullptr, false, GetParam(), FetchRules::of_buffer(1e18));
  expect_near(4e-3, result.time_s);
  expect_near(2e-3 * 8, result.phase(Phase::Prefill).energy.main_mem_J);
  expect_near(2e-3 * 8, result.phase(Phase::Decode).energy.main_mem_J);
  // The work counts where it belongs.
  expect_near(3e-3, result.phase(Phase::Decode).busy.mem_transfer_s);
}

INSTANTIATE_TEST_SUITE_P(Ways, TaskPrefetch, ::testing::Bool(),
                         [](const ::testing::TestParamInfo<bool>& one) { return one.param ? "Windows" : "Pieces"; });
