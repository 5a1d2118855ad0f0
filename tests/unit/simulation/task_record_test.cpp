/// Records and sums of events. Each test simulates once, in a process of its own.
#include <gtest/gtest.h>

#include "task_bench.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

void expect_near(double expected, double actual) {
  EXPECT_NEAR(expected, actual, std::abs(expected) * 1e-12);
}

struct TaskRecord : ::testing::Test {
  TaskRecord()
      : a(machine.device("A")),
        b(machine.device("B")),
        down(machine.route(0, {a}, {machine.link("down", 10e9, 100e-12, LinkRole::HostToDevice, 1e-6)})),
        up(machine.route(a, {0}, {machine.link("up", 5e9, 300e-12, LinkRole::DeviceToHost)})) {}
  SimulationResult run() { return test::run(script, machine.platform, &records); }

  MachineBuilder machine;
  DeviceIndex a, b;
  RouteIndex down, up;
  Script script;
  Records records;
};

}  // namespace

TEST_F(TaskRecord, AnEventLastsFromItsFirstTaskToItsLast) {
  script.event("wide");
  const TaskId input = script.transfer(down, 10e6);
  Step attention = step(2e-3, 1e-3);
  attention.kv = {0.5e-3, 4e-3};
  attention.kv_bytes = 5e7;
  const TaskId here = script.compute(a, Demand(attention), {input});
  const TaskId there = script.compute(b, work(4e-3), {input});
  script.transfer(up, 5e6, {here, there});
  const SimulationResult result = run();
  ASSERT_EQ(1U, records.lines.size());
  const Records::Line& line = records.lines[0];
  EXPECT_EQ("where wide runs", line.device);
  EXPECT_EQ(0, line.start_s);
  // 1 µs and 1 ms, 4 ms, 1 ms.
  expect_near(6e-3 + 1e-6, line.end_s);
  expect_near(6e-3 + 1e-6, line.cost.time_s);
  expect_near(6e-3, line.cost.busy.compute_s);
  expect_near(1e-3, line.cost.busy.mem_transfer_s);
  expect_near(0.5e-3, line.cost.busy.kv_load_s);
  expect_near(1e-3 + 1e-6, line.cost.busy.host_to_device_s);
  expect_near(1e-3, line.cost.busy.device_to_host_s);
  expect_near(10e6 * 100e-12, line.cost.energy.host_to_device_J);
  expect_near(5e6 * 300e-12, line.cost.energy.device_to_host_J);
  expect_near(12e-3, line.cost.energy.compute_J);
  expect_near(12e-3, line.cost.energy.main_mem_J);
  expect_near(6e9, line.cost.flop);
  expect_near(1.5e8, line.cost.memory_bytes);
  expect_near(10e6, line.cost.moved.host_to_device_B);
  expect_near(5e6, line.cost.moved.device_to_host_B);
  EXPECT_NEAR(result.energy_J(), line.cost.energy.total_J(), result.energy_J() * 1e-9);
}

TEST_F(TaskRecord, EventsAreToldInOrderOfTheirEnds) {
  script.event("long").compute(a, work(3e-3));
  script.event("short").compute(b, work(1e-3));
  run();
  ASSERT_EQ(2U, records.lines.size());
  EXPECT_EQ("short", records.lines[0].name);
  EXPECT_EQ("long", records.lines[1].name);
}

TEST_F(TaskRecord, AJoinThatWaitsForAnotherEventKeepsNoneFromBeingTold) {
  script.event("long").compute(b, work(3e-3));
  script.event("wide").compute(a, work(1e-3));
  script.join({0});
  script.event("short").compute(a, work(1e-3));
  run();
  ASSERT_EQ(3U, records.lines.size());
  EXPECT_EQ("wide", records.lines[0].name);
  EXPECT_EQ("short", records.lines[1].name);
  EXPECT_EQ("long", records.lines[2].name);
  expect_near(1e-3, records.lines[0].end_s);
}

TEST_F(TaskRecord, AnEventWithoutTasksIsRecordedWithTheOneBeforeIt) {
  script.event("nothing before");
  script.event("work").compute(a, work(3e-3));
  script.event("empty 1");
  script.event("empty 2");
  script.event("more").compute(a, work(1e-3));
  script.event("empty 3");
  const SimulationResult result = run();
  const std::vector<std::string> names{"nothing before", "work", "empty 1", "empty 2", "more", "empty 3"};
  const std::vector<double> ends{0, 3e-3, 3e-3, 3e-3, 4e-3, 4e-3};
  ASSERT_EQ(names.size(), records.lines.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(names[i], records.lines[i].name);
    expect_near(ends[i], records.lines[i].end_s);
  }
  expect_near(3e-3, records.lines[2].start_s);
  EXPECT_EQ(6, result.phase(Phase::Prefill).events);
}

TEST_F(TaskRecord, TheEndOfTheRunIsNoEvent) {
  script.event("work").compute(a, work(3e-3));
  script.event("", Phase::Decode).transfer(up, 5e6, {0});
  script.events.back().is_event = false;
  const SimulationResult result = run();
  ASSERT_EQ(2U, records.lines.size());
  EXPECT_EQ("(none)", records.lines[1].name);
  EXPECT_EQ(Phase::Decode, records.lines[1].phase);
  expect_near(5e6, result.phase(Phase::Decode).moved.device_to_host_B);
  EXPECT_EQ(0, result.phase(Phase::Decode).events);
  ASSERT_EQ(2U, result.event_classes.size());
  EXPECT_EQ(EventKind::Communication, result.event_classes[1].kind);
  EXPECT_EQ("input", result.event_classes[1].name.str());
  EXPECT_EQ(1, result.event_classes[1].count);
  expect_near(5e6, result.event_classes[1].cost.moved.device_to_host_B);
}

TEST_F(TaskRecord, PartsOfMicrobatchesAddCostsAndCountOnce) {
  script.event("linear").compute(a, work(3e-3));
  script.event("linear", Phase::Prefill, false).compute(a, work(2e-3));
  script.event("linear", Phase::Decode).compute(b, work(1e-3));
  const SimulationResult result = run();
  ASSERT_EQ(2U, result.event_classes.size());
  EXPECT_EQ(1, result.event_classes[0].count);
  expect_near(5e-3, result.event_classes[0].cost.time_s);
  EXPECT_EQ(Phase::Decode, result.event_classes[1].phase);
  EXPECT_EQ(1, result.phase(Phase::Prefill).events);
  EXPECT_EQ(1, result.devices[a].events);
  EXPECT_EQ(1, result.devices[b].events);
  EXPECT_EQ(0, result.devices[0].events);
  EXPECT_EQ(3U, records.lines.size());
}

TEST_F(TaskRecord, AnEventCountsOnceAtEachDeviceThatComputesForIt) {
  script.event("wide");
  script.compute(a, work(1e-3));
  script.compute(b, work(1e-3));
  script.compute(a, work(1e-3));
  script.event("moves").transfer(down, 1);
  const SimulationResult result = run();
  EXPECT_EQ(1, result.devices[a].events);
  EXPECT_EQ(1, result.devices[b].events);
  EXPECT_EQ(2, result.phase(Phase::Prefill).events);
}

TEST_F(TaskRecord, LinksAndPhasesSayWhatMoved) {
  script.event("prompt");
  const TaskId first = script.transfer(down, 4e6);
  script.join({first}, true);
  script.event("token", Phase::Decode).transfer(down, 1e6, {first});
  const SimulationResult result = run();
  EXPECT_EQ(4e6, result.links[0].moved_B[0]);
  EXPECT_EQ(1e6, result.links[0].moved_B[1]);
  EXPECT_NEAR(4e6 * 100e-12, result.links[0].energy_J[0], 4e-13);
  EXPECT_NEAR(1e6 * 100e-12, result.links[0].energy_J[1], 1e-13);
  expect_near(0.4e-3 + 1e-6, result.phase(Phase::Prefill).busy.host_to_device_s);
  expect_near(0.1e-3 + 1e-6, result.phase(Phase::Decode).busy.host_to_device_s);
  EXPECT_EQ(5e6, result.devices[a].moved.host_to_device_B);
}

TEST_F(TaskRecord, BusyTimeOfBothPhasesAtOnceCountsForPrefill) {
  // Two ways to A; decode's transfer takes 2 ms, of which prefill's, 1 ms long, goes on beside it.
  const RouteIndex other = machine.route(b, {a}, {machine.link("b-a", 10e9, 0, LinkRole::DeviceToDevice)});
  const DeviceIndex c = machine.device("C");
  const RouteIndex third = machine.route(c, {a}, {machine.link("c-a", 10e9, 0, LinkRole::DeviceToDevice)});
  script.event("prompt").transfer(other, 10e6);
  script.event("token", Phase::Decode).transfer(third, 20e6);
  const SimulationResult result = run();
  expect_near(2e-3, result.devices[a].busy.device_to_device_s);
  // At A 1 ms each; at B 1 ms of prefill, at C 2 ms of decode.
  expect_near(2e-3, result.phase(Phase::Prefill).busy.device_to_device_s);
  expect_near(3e-3, result.phase(Phase::Decode).busy.device_to_device_s);
}
