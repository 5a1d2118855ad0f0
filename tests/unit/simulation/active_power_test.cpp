/// What devices draw while they have work. Each run is in a process of its own.
#include <gtest/gtest.h>

#include <optional>

#include "support/in_child.hpp"
#include "support/result_numbers.hpp"
#include "task_bench.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// A draws 5 W always and 10 W while it has work, B nothing and 4 W.
struct ActivePower : ::testing::Test {
  ActivePower() : a(machine.device("A", 5)), b(machine.device("B")) {
    machine.platform.devices[a].architecture.active_W = 10;
    machine.platform.devices[b].architecture.active_W = 4;
  }

  std::vector<ResultNumber> run(bool segments, bool watched) {
    return numbers_from(in_child([&] {
      Records records;
      return text_of(
          numbers_of(test::run(script, machine.platform, watched ? &records : nullptr, false, segments, fetch)));
    }));
  }

  /// `J` and `W`: of the whole machine, by name.
  void expect(const std::vector<std::pair<std::string, double>>& expected) {
    for (const bool segments : {true, false})
      for (const bool watched : {false, true}) {
        const std::vector<ResultNumber> found = run(segments, watched);
        for (const auto& [name, value] : expected) {
          SCOPED_TRACE(name + (segments ? ", segments" : ", pieces") + (watched ? ", watched" : ""));
          bool is_there = false;
          for (const ResultNumber& number : found) {
            if (number.name != name) continue;
            is_there = true;
            EXPECT_NEAR(value, number.value, 1e-9 * value);
          }
          EXPECT_TRUE(is_there);
        }
      }
  }

  MachineBuilder machine;
  DeviceIndex a;
  DeviceIndex b;
  Script script;
  std::optional<FetchRules> fetch;
};

}  // namespace

TEST_F(ActivePower, IsDrawnBesideIdlePowerWhileThereIsWork) {
  const TaskId first = script.compute(a, work(2e-3));
  const TaskId second = script.compute(b, work(3e-3), {first});
  Step last = step(1e-3, 4e-3);
  last.overhead_s = 1e-3;
  script.compute(a, Demand(last), {second});
  // A: 2 ms, and 1 + 4 ms, of which the overhead is work, too; B: 3 ms. At last A draws 5 + 10 + 2 + 8 W.
  expect({{"time_s", 10e-3},
          {"prefill active_J", 7e-3 * 10 + 3e-3 * 4},
          {"prefill idle_J", 10e-3 * 5},
          {"prefill compute_J", 6e-3 * 2},
          {"prefill main_mem_J", 4e-3 * 8},
          {"prefill peak W", 25},
          {"A prefill peak W", 25},
          {"B prefill peak W", 4 + 2}});
}

TEST_F(ActivePower, CountsInThePhaseInWhichItIsDrawn) {
  script.event("prompt");
  const TaskId x = script.compute(a, work(2e-3));
  script.join({x}, true);
  script.event("token", Phase::Decode);
  script.compute(a, work(3e-3));
  script.event("beside", Phase::Decode);
  script.compute(b, work(4e-3));
  // B works from 0 to 4 ms, prefill ends at 2 ms. Together: A 5 + 10 + 2 W, B 4 + 2 W.
  expect({{"prefill active_J", 2e-3 * 10 + 2e-3 * 4},
          {"decode active_J", 3e-3 * 10 + 2e-3 * 4},
          {"prefill peak W", 23},
          {"decode peak W", 23}});
}

TEST_F(ActivePower, OverheadAloneIsWork) {
  Step empty;
  empty.overhead_s = 3e-3;
  script.compute(a, Demand(empty));
  expect({{"time_s", 3e-3}, {"prefill active_J", 3e-3 * 10}, {"prefill peak W", 15}, {"A prefill peak W", 15}});
}

TEST_F(ActivePower, FetchingAheadIsWork) {
  fetch = FetchRules::one_task();
  const TaskId first = script.compute(b, work(4e-3));
  script.compute(a, work(1e-3, 2e-3), {first}, 1);
  // A fetches from 0 to 2 ms and computes from 4 to 5 ms. It draws 5 + 10 + 8 W while B draws 4 + 2 W.
  expect({{"time_s", 5e-3}, {"prefill active_J", 3e-3 * 10 + 4e-3 * 4}, {"prefill peak W", 29}});
}

TEST_F(ActivePower, WhatADeviceDoesAtOnceCountsOnce) {
  fetch = FetchRules::one_task();
  script.compute(a, work(3e-3));
  script.compute(a, work(1e-3, 2e-3), {}, 1);
  // The weights of the second come while the first computes.
  expect({{"time_s", 4e-3}, {"prefill active_J", 4e-3 * 10}, {"prefill peak W", 5 + 10 + 2 + 8}});
}

TEST_F(ActivePower, OfABufferThatIsFull) {
  fetch = FetchRules::of_buffer(100e6);
  const TaskId first = script.compute(b, work(4e-3));
  script.compute(a, work(1e-3, 2e-3), {first}, 1);
  // Half of the weights come from 0 to 1 ms, the rest from 4 to 5 ms.
  expect({{"time_s", 5e-3}, {"prefill active_J", 2e-3 * 10 + 4e-3 * 4}});
}
