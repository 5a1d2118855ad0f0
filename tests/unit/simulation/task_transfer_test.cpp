/// Transfers: latency, shares of links, energy. Each test simulates once, in a process of its own.
#include <gtest/gtest.h>
#include <xbt/config.h>

#include <random>

#include "simulation/simgrid_compat.hpp"
#include "task_bench.hpp"
#include "upmem_des/platform/platform_spec.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

constexpr double GB = 1e9;

void expect_near(double expected, double actual) {
  EXPECT_NEAR(expected, actual, std::abs(expected) * 1e-12);
}

/// Energy of every link: the bytes that crossed it by what it takes for each.
void expect_energies(const SimulationResult& result, const PlatformSpec& platform) {
  for (std::size_t i = 0; i < platform.links.size(); ++i) {
    const double expected = result.links[i].total_moved_B() * platform.links[i].energy_J_per_byte();
    EXPECT_NEAR(expected, result.links[i].total_energy_J(), expected * 1e-9) << platform.links[i].name;
  }
}

struct TaskTransfer : ::testing::Test {
  TaskTransfer() : a(machine.device("A")), b(machine.device("B")), c(machine.device("C")) {}
  SimulationResult run(bool ideal_links = false) {
    const SimulationResult result = test::run(script, machine.platform, &records, ideal_links);
    if (!ideal_links) expect_energies(result, machine.platform);
    return result;
  }
  /// A transfer from the start, an event of its own.
  void at_start(const char* name, RouteIndex route, double bytes) {
    script.event(name);
    script.transfer(route, bytes);
  }
  double end_of(const std::string& name) const {
    for (const Records::Line& line : records.lines)
      if (line.name == name) return line.end_s;
    return -1;
  }

  MachineBuilder machine;
  DeviceIndex a, b, c;
  Script script;
  Records records;
};

}  // namespace

TEST_F(TaskTransfer, OwnLinksDoNotSlowEachOther) {
  at_start("to A", machine.route(0, {a}, {machine.link("a", 10 * GB, 160e-12)}), 10e6);
  at_start("to B", machine.route(0, {b}, {machine.link("b", 5 * GB, 160e-12)}), 10e6);
  const SimulationResult result = run();
  expect_near(1e-3, end_of("to A"));
  expect_near(2e-3, end_of("to B"));
  EXPECT_NEAR(20e6 * 160e-12, result.energy_J(), 20e6 * 160e-12 * 1e-9);
  expect_near(1e-3, result.devices[a].busy.host_to_device_s);
  expect_near(10e6, result.devices[a].moved.host_to_device_B);
  expect_near(3e-3, result.phase(Phase::Prefill).busy.host_to_device_s);
}

TEST_F(TaskTransfer, EqualTransfersOnOneChannelTakeTwiceAsLong) {
  const LinkIndex channel = machine.link("channel", 10 * GB, 160e-12);
  at_start("to A", machine.route(0, {a}, {channel}), 10e6);
  at_start("to B", machine.route(0, {b}, {channel}), 10e6);
  run();
  expect_near(2e-3, end_of("to A"));
  expect_near(2e-3, end_of("to B"));
}

TEST_F(TaskTransfer, ALargeTransferSpeedsUpWhenTheSmallOneHasEnded) {
  const LinkIndex channel = machine.link("channel", 10 * GB, 160e-12);
  at_start("to A", machine.route(0, {a}, {channel}), 10e6);
  at_start("to B", machine.route(0, {b}, {channel}), 30e6);
  run();
  // 5 GB/s each: A after 2 ms. B has 20 MB left, which take 2 ms at 10 GB/s.
  expect_near(2e-3, end_of("to A"));
  expect_near(4e-3, end_of("to B"));
}

TEST_F(TaskTransfer, DifferentBottlenecksShareFairly) {
  // Max-min: C is held to 1 GB/s by its own link; A and B share the other 9 GB/s.
  const LinkIndex channel = machine.link("channel", 10 * GB, 100e-12);
  at_start("to A", machine.route(0, {a}, {channel, machine.link("a", 50 * GB, 30e-12)}), 9e6);
  at_start("to B", machine.route(0, {b}, {channel, machine.link("b", 50 * GB, 20e-12)}), 18e6);
  at_start("to C", machine.route(0, {c}, {channel, machine.link("c", 1 * GB, 10e-12)}), 6e6);
  const SimulationResult result = run();
  // A: 9 MB at 4.5 GB/s. Then B has 9 MB left at 9 GB/s. C: 6 MB at 1 GB/s all the time.
  expect_near(2e-3, end_of("to A"));
  expect_near(3e-3, end_of("to B"));
  expect_near(6e-3, end_of("to C"));
  EXPECT_NEAR((9 * 130 + 18 * 120 + 6 * 110) * 1e-6, result.energy_J(), 1e-12);
  // The formulas of the events give the same.
  double formulas_J = 0;
  for (const Records::Line& line : records.lines) formulas_J += line.cost.energy.total_J();
  EXPECT_NEAR(result.energy_J(), formulas_J, result.energy_J() * 1e-9);
}

TEST_F(TaskTransfer, BothDirectionsShareAMedium) {
  machine.platform.media.push_back({"wires", 10 * GB});
  const LinkIndex down = machine.link("down", 10 * GB, 100e-12);
  const LinkIndex up = machine.link("up", 10 * GB, 100e-12, LinkRole::DeviceToHost);
  machine.platform.links[down].medium = machine.platform.links[up].medium = 0;
  at_start("to A", machine.route(0, {a}, {down}), 10e6);
  at_start("from A", machine.route(a, {0}, {up}), 30e6);
  const SimulationResult result = run();
  // As on one channel: 5 GB/s each for 2 ms, then 20 MB at 10 GB/s.
  expect_near(2e-3, end_of("to A"));
  expect_near(4e-3, end_of("from A"));
  expect_near(4e-3, result.devices[a].busy.device_to_host_s);
}

TEST_F(TaskTransfer, WithoutAMediumDirectionsAreIndependent) {
  at_start("to A", machine.route(0, {a}, {machine.link("down", 10 * GB, 100e-12)}), 10e6);
  at_start("from A", machine.route(a, {0}, {machine.link("up", 10 * GB, 100e-12, LinkRole::DeviceToHost)}), 30e6);
  run();
  expect_near(1e-3, end_of("to A"));
  expect_near(3e-3, end_of("from A"));
}

TEST_F(TaskTransfer, ABroadcastCrossesEveryLinkOnceAtTheSlowestRate) {
  const LinkIndex shared = machine.link("channel", 20 * GB, 100e-12);
  const LinkIndex to_a = machine.link("a", 10 * GB, 30e-12);
  const LinkIndex to_b = machine.link("b", 5 * GB, 20e-12);
  const RouteIndex all = machine.route(0, {a, b, c}, {shared, to_a, to_b});
  at_start("to all", all, 10e6);
  const SimulationResult result = run();
  expect_near(2e-3, result.time_s);
  EXPECT_NEAR(10e6 * 150e-12, result.energy_J(), 1.5e-12);
  expect_near(10e6, result.phase(Phase::Prefill).moved.host_to_device_B);
  for (const DeviceIndex device : {a, b, c}) {
    expect_near(10e6, result.devices[device].moved.host_to_device_B);
    expect_near(2e-3, result.devices[device].busy.host_to_device_s);
  }
  expect_near(6e-3, result.phase(Phase::Prefill).busy.host_to_device_s);
}

TEST_F(TaskTransfer, LatenciesOfAllLinksPassFirstAndDrawNothing) {
  const LinkIndex first = machine.link("first", 10 * GB, 100e-12, LinkRole::HostToDevice, 1e-6);
  const LinkIndex second = machine.link("second", 5 * GB, 50e-12, LinkRole::HostToDevice, 3e-6);
  const RouteIndex way = machine.route(0, {a}, {first, second});
  const TaskId piece = script.transfer(way, 10e3);
  script.transfer(way, 10e3, {piece}, false);
  const SimulationResult result = run();
  // 4 µs once, then twice 10 kB at 5 GB/s.
  expect_near(4e-6 + 2 * 2e-6, result.time_s);
  expect_near(8e-6, result.devices[a].busy.host_to_device_s);
  expect_near(8e-6, records.lines[0].cost.busy.host_to_device_s);
}

TEST_F(TaskTransfer, BetweenDevicesCountsAtBothAndOnceForThePhase) {
  const LinkIndex link = machine.link("a-b", 10 * GB, 100e-12, LinkRole::DeviceToDevice);
  at_start("a to b", machine.route(a, {b}, {link}), 10e6);
  const SimulationResult result = run();
  expect_near(10e6, result.devices[a].moved.device_to_device_B);
  expect_near(10e6, result.devices[b].moved.device_to_device_B);
  expect_near(10e6, result.phase(Phase::Prefill).moved.device_to_device_B);
  expect_near(1e-3, result.devices[b].busy.device_to_device_s);
  expect_near(2e-3, result.phase(Phase::Prefill).busy.device_to_device_s);
  EXPECT_NEAR(1e-3, result.phase(Phase::Prefill).energy.device_to_device_J, 1e-12);
  EXPECT_NEAR(1e-3, records.lines[0].cost.energy.device_to_device_J, 1e-15);
}

TEST_F(TaskTransfer, TheHostsRouteToItselfCountsAtTheHost) {
  const LinkIndex link = machine.link("self", 10 * GB, 100e-12, LinkRole::DeviceToHost);
  at_start("self", machine.route(0, {0}, {link}), 10e6);
  const SimulationResult result = run();
  expect_near(1e-3, result.time_s);
  expect_near(10e6, result.devices[0].moved.device_to_host_B);
}

TEST_F(TaskTransfer, TwoWaysBetweenTheSameDevicesAreIndependent) {
  at_start("fast", machine.route(a, {b}, {machine.link("fast", 10 * GB, 100e-12, LinkRole::DeviceToDevice)}), 10e6);
  at_start("slow", machine.route(a, {b}, {machine.link("slow", 1 * GB, 200e-12, LinkRole::DeviceToDevice)}), 10e6);
  const SimulationResult result = run();
  expect_near(1e-3, end_of("fast"));
  expect_near(10e-3, end_of("slow"));
  EXPECT_EQ(10e6, result.links[1].total_moved_B());
}

TEST_F(TaskTransfer, BusyIsTheUnionOfTransfersOfAKind) {
  // Both come from A, over links of their own: 3 ms and 1 ms, side by side.
  at_start("a to b", machine.route(a, {b}, {machine.link("a-b", 10 * GB, 0, LinkRole::DeviceToDevice)}), 30e6);
  at_start("a to c", machine.route(a, {c}, {machine.link("a-c", 10 * GB, 0, LinkRole::DeviceToDevice)}), 10e6);
  const SimulationResult result = run();
  expect_near(3e-3, result.devices[a].busy.device_to_device_s);
  expect_near(3e-3, result.devices[b].busy.device_to_device_s);
  expect_near(1e-3, result.devices[c].busy.device_to_device_s);
}

TEST_F(TaskTransfer, IdealLinksTakeNoTimeAndNoEnergyAndStillCountBytes) {
  const LinkIndex link = machine.link("link", 10 * GB, 100e-12, LinkRole::HostToDevice, 1e-3);
  at_start("to A", machine.route(0, {a}, {link}), 10e6);
  const SimulationResult result = run(true);
  EXPECT_EQ(0, result.time_s);
  EXPECT_EQ(0, result.energy_J());
  EXPECT_EQ(10e6, result.links[0].moved_B[0]);
  EXPECT_EQ(10e6, result.devices[a].moved.host_to_device_B);
  EXPECT_EQ(10e6, records.lines[0].cost.moved.host_to_device_B);
  EXPECT_EQ(0, records.lines[0].cost.energy.total_J());
  EXPECT_EQ(0, records.lines[0].cost.busy.host_to_device_s);
}

TEST_F(TaskTransfer, SizesBeyondWhatSimGridCountsAreCut) {
  const LinkIndex channel = machine.link("channel", 10 * GB, 160e-12);
  at_start("to A", machine.route(0, {a}, {channel}), 2e13);
  at_start("to B", machine.route(0, {b}, {channel}), 1e13);
  run();
  // 5 GB/s each for 2000 s, then 1e13 bytes at 10 GB/s.
  EXPECT_NEAR(2000, end_of("to B"), 1e-9);
  EXPECT_NEAR(3000, end_of("to A"), 1e-9);
}

TEST_F(TaskTransfer, TheClocksPrecisionCoversContendedTransfers) {
  // The last ends hundreds of times later than it would alone.
  struct Watch : EventObserver {
    void on_event(const EventRecord& record) override {
      std::string key = compat::timing_precision;
      key.pop_back();  // ':'
      const double precision_s = sg_cfg_get_double(key.c_str());
      EXPECT_GE(precision_s, record.end_s * 0x1p-52) << "too fine to tell two dates apart";
      EXPECT_LE(precision_s, record.end_s * 1e-9) << "too coarse";
      ++count;
    }
    int count = 0;
  } watch;
  const LinkIndex channel = machine.link("channel", 10 * GB, 160e-12);
  double sum_B = 0;
  for (int i = 0; i < 600; ++i) {
    const DeviceIndex device = machine.device("d" + std::to_string(i));
    const double bytes = 1e3 * (1 + 7919 * i % 601);
    at_start("to one", machine.route(0, {device}, {channel}), bytes);
    sum_B += bytes;
  }
  const SimulationResult result = test::run(script, machine.platform, &watch, false, /*segments=*/false);
  EXPECT_EQ(600, watch.count);
  EXPECT_NEAR(sum_B / 10e9, result.time_s, sum_B / 10e9 * 1e-11);
}

TEST_F(TaskTransfer, EnergyIsConservedWhereRandomTransfersMeet) {
  // A tree: socket, channels, and a link of its own for each device, in both directions; half duplex channels.
  std::mt19937 random(11);
  std::vector<RouteIndex> routes;
  const LinkIndex socket = machine.link("socket", 30 * GB, 11e-12);
  const LinkIndex back = machine.link("back", 20 * GB, 13e-12, LinkRole::DeviceToHost);
  for (int channel = 0; channel < 3; ++channel) {
    const std::string name = std::to_string(channel);
    machine.platform.media.push_back({"wires" + name, (12 + channel) * GB});
    const LinkIndex down = machine.link("down" + name, 12 * GB, 17e-12);
    const LinkIndex up = machine.link("up" + name, 9 * GB, 19e-12, LinkRole::DeviceToHost);
    machine.platform.links[down].medium = machine.platform.links[up].medium = machine.platform.media.size() - 1;
    for (int i = 0; i < 3; ++i) {
      const std::string own = name + std::to_string(i);
      const DeviceIndex device = machine.device("d" + own);
      const LinkIndex in = machine.link("in" + own, (3 + 4 * i) * GB, 23e-12);
      const LinkIndex out = machine.link("out" + own, (2 + 3 * i) * GB, 29e-12, LinkRole::DeviceToHost);
      routes.push_back(machine.route(0, {device}, {socket, down, in}));
      routes.push_back(machine.route(device, {0}, {out, up, back}));
    }
  }
  std::vector<TaskId> tasks;
  for (int i = 0; i < 3000; ++i) {
    script.event("next", i < 1500 ? Phase::Prefill : Phase::Decode);
    Script::After after;
    if (tasks.size() > 40 && random() % 3 == 0) after.push_back(tasks[tasks.size() - 1 - random() % 40]);
    tasks.push_back(
        script.transfer(routes[random() % routes.size()], 1 + static_cast<double>(random() % 1'000'000), after));
  }
  const SimulationResult result = run();
  for (const DeviceResult& device : result.devices) {
    EXPECT_LE(device.busy.host_to_device_s, result.time_s * (1 + 1e-12));
    EXPECT_LE(device.busy.device_to_host_s, result.time_s * (1 + 1e-12));
  }
  // A link is never faster than it can be.
  for (std::size_t i = 0; i < result.links.size(); ++i)
    EXPECT_LE(result.links[i].total_moved_B(), result.links[i].bandwidth_Bps * result.time_s * (1 + 1e-9));
}
