/// Each of these tests simulates, and runs in a process of its own (ctest starts one for each).
#include "simulation/simulator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "platform/generated_platform.hpp"
#include "support/fixed_cost.hpp"
#include "support/run_events.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using test::device;
using test::FixedCost;
using test::layer;
using test::ListSource;
using test::product;

namespace {

MapTarget at_device(DeviceIndex device, bool transfer_point) {
  MapTarget target;
  target.devices = {device};
  target.transfer_point = transfer_point;
  return target;
}

/// A star of HOST and devices A and B, and a mapping of names to them.
struct Bench {
  explicit Bench(FixedCost::Rule rule, std::vector<Architecture> profiles = {device("HOST"), device("A"), device("B")})
      : model(std::move(rule)),
        platform(generate_platform(
            profiles, [&](const Architecture& p) { return model.ratings(p); }, false)) {}

  SimulationResult run(std::vector<LayerEvent> events, bool segments, EventObserver* observer = nullptr) {
    for (std::size_t i = 0; i < events.size(); ++i) events[i].seq = static_cast<std::int64_t>(i);
    ListSource source(std::move(events));
    return test::run_events(source, {platform, mapping, model}, {segments, observer, false, {}, ""});
  }

  FixedCost model;
  PlatformSpec platform;
  Mapping mapping;
};

Demand by_name(const LayerEvent& event, const Architecture& on, const CostState&) {
  if (event.name == "empty") return {};
  if (event.name == "compute") return Demand(product(on, 4e9, 1e6));  // 4 ms against 10 µs
  if (event.name == "memory") return Demand(product(on, 1e6, 3e8));   // 1 µs against 3 ms
  if (event.name == "vector") {
    Step step;
    step.unit = ComputeUnit::Vector;
    step.compute = {2e-3, 1e-3};  // 0.5 W of the 3 W that the unit is rated for
    return Demand(step);
  }
  if (event.name == "attention") {
    Step keys = product(on, 1e9, 0);  // 1 ms
    keys.kv = {2e-3, 2e-3 * 8};
    Step values = product(on, 5e9, 0);  // 5 ms
    values.kv = {2e-3, 2e-3 * 8};
    return Demand(keys, values);
  }
  if (event.name == "late") {
    Step step = product(on, 1e9, 0);
    step.overhead_s = 0.5e-3;
    return Demand(step);
  }
  return Demand(product(on, 1e9, 1e7));  // 1 ms against 0.1 ms
}

class Recorder : public EventObserver {
 public:
  struct Line {
    std::string name;
    double start_s;
    double end_s;
    double energy_J;
  };
  void on_event(const EventRecord& record) override {
    lines.push_back({record.event != nullptr ? record.event->name.str() : "", record.start_s, record.end_s,
                     record.cost.energy.total_J()});
  }
  std::vector<Line> lines;
};

constexpr double relative = 1e-12;

void expect_near(double expected, double actual) {
  EXPECT_NEAR(expected, actual, std::abs(expected) * relative);
}

class SimulatorTest : public ::testing::TestWithParam<bool> {};

}  // namespace

TEST_P(SimulatorTest, ArithmeticAndMemoryOverlapWithinAnEvent) {
  Bench bench(by_name);
  bench.mapping.set_default(1);
  // Two events on A: the first moves its 2 x 10 elements of 2 bytes to A: 40 B / 10 GB/s = 4 ns, 40 x 160 pJ = 6.4 nJ.
  const auto result = bench.run({layer("compute", {2, 10}, {2, 10}), layer("memory", {2, 10}, {2, 10})}, GetParam());
  // 4 ms + 3 ms + 4 ns; at the end 0 passes x 40 B return: nothing.
  expect_near(7e-3 + 4e-9, result.time_s);
  const PhaseResult& prefill = result.phase(Phase::Prefill);
  expect_near(6.4e-9, prefill.energy.host_to_device_J);
  expect_near((4e9 + 1e6) * 2e-12, prefill.energy.compute_J);
  expect_near((1e6 + 3e8) * 80e-12, prefill.energy.main_mem_J);
  EXPECT_EQ(0, prefill.energy.device_to_host_J);
  expect_near(4e-3 + 1e-6, prefill.busy.compute_s);
  expect_near(10e-6 + 3e-3, prefill.busy.mem_transfer_s);
  EXPECT_EQ(0, result.phase(Phase::Decode).time_s);
  EXPECT_EQ(0, result.forward_passes);
}

TEST_P(SimulatorTest, FixedTimeOperatorsDrawTheirOwnPower) {
  Bench bench(by_name);
  const auto result = bench.run({layer("vector", {1}, {1})}, GetParam());
  expect_near(2e-3, result.time_s);
  expect_near(1e-3, result.energy_J());
}

TEST_P(SimulatorTest, StepsFollowEachOther) {
  Bench bench(by_name);
  const auto result = bench.run({layer("attention", {1}, {1})}, GetParam());
  // max(2 ms, 1 ms) + max(2 ms, 5 ms).
  expect_near(7e-3, result.time_s);
  expect_near(4e-3, result.phase(Phase::Prefill).busy.kv_load_s);
  EXPECT_EQ(0, result.phase(Phase::Prefill).busy.mem_transfer_s);
  expect_near(32e-3, result.phase(Phase::Prefill).energy.main_mem_J);
  expect_near(6e9 * 2e-12, result.phase(Phase::Prefill).energy.compute_J);
}

TEST_P(SimulatorTest, OverheadComesBeforeTheWork) {
  Bench bench(by_name);
  const auto result = bench.run({layer("late", {1}, {1})}, GetParam());
  expect_near(1.5e-3, result.time_s);
  expect_near(2e-3, result.energy_J());
}

TEST_P(SimulatorTest, PhasesEndWithTheLastLayer) {
  Bench bench(by_name);
  bench.mapping.set(Name("head"), at_device(1, true));
  // Pass 1: body on HOST 1 ms; head: 100 x 2 B to A = 20 ns, then 1 ms. Pass 2: body stays on A, 1 ms; head is a
  // transfer point: 200 B back over 5 GB/s = 40 ns and 20 ns to A again, 1 ms. End: 2 passes x 200 B = 80 ns.
  const std::vector<LayerEvent> pass{layer("body", {1, 100}, {1, 100}), layer("head", {1, 100}, {1, 50})};
  std::vector<LayerEvent> events = pass;
  events.insert(events.end(), pass.begin(), pass.end());
  const auto result = bench.run(events, GetParam());
  EXPECT_EQ(2, result.forward_passes);
  expect_near(2e-3 + 20e-9, result.phase(Phase::Prefill).time_s);
  expect_near(2e-3 + 60e-9 + 80e-9, result.phase(Phase::Decode).time_s);
  expect_near(result.time_s, result.phase(Phase::Prefill).time_s + result.phase(Phase::Decode).time_s);
  const MovedBytes& moved = result.phase(Phase::Decode).moved;
  expect_near(200, moved.host_to_device_B);
  expect_near(200 + 400, moved.device_to_host_B);
  EXPECT_NEAR(600 * 50 * 8e-12, result.phase(Phase::Decode).energy.device_to_host_J, 600 * 50 * 8e-12 * 1e-9);
}

TEST_P(SimulatorTest, FromDeviceToDeviceGoesOverTheHost) {
  Bench bench(by_name);
  bench.mapping.set(Name("a"), at_device(1, false));
  bench.mapping.set(Name("b"), at_device(2, false));
  const auto result = bench.run({layer("a", {500}, {500}), layer("b", {500}, {500})}, GetParam());
  // 1000 B: to A 100 ns, 1 ms, to the host 200 ns, to B 100 ns, 1 ms.
  expect_near(2e-3 + 400e-9, result.time_s);
  ASSERT_EQ(3U, result.devices.size());
  expect_near(1000, result.devices[1].moved.device_to_host_B);
  expect_near(1000, result.devices[2].moved.host_to_device_B);
  EXPECT_EQ(0, result.devices[0].energy.total_J());
}

TEST_P(SimulatorTest, IdlePowerIsAPartOfItsOwn) {
  std::vector<Architecture> profiles{device("HOST"), device("A")};
  profiles[1].idle_W = 5;
  Bench bench(by_name, profiles);
  bench.mapping.set_default(1);
  const auto result =
      bench.run({layer("compute", {0}, {0}), layer("head", {0}, {0}), layer("memory", {0}, {0})}, GetParam());
  expect_near(5 * 5e-3, result.phase(Phase::Prefill).energy.idle_J);
  expect_near(5 * 3e-3, result.phase(Phase::Decode).energy.idle_J);
  expect_near((4e9 + 1e9) * 2e-12, result.phase(Phase::Prefill).energy.compute_J);
}

TEST_P(SimulatorTest, LinkLatencyIsAddedToEachTransfer) {
  std::vector<Architecture> profiles{device("HOST"), device("A")};
  profiles[1].link_latency_s = 1e-6;
  Bench bench(by_name, profiles);
  bench.mapping.set(Name("empty"), at_device(1, true));
  const auto result = bench.run({layer("empty", {500}, {500}), layer("empty", {500}, {500})}, GetParam());
  // To A; then back to the host and to A again.
  expect_near(3e-6 + 100e-9 + 200e-9 + 100e-9, result.time_s);
  // Latency draws nothing: 2000 B at 20 pJ/bit to A and 1000 B at 50 pJ/bit from it.
  expect_near(2000 * 160e-12 + 1000 * 400e-12, result.energy_J());
}

TEST_P(SimulatorTest, NanosecondEventsAddUpExactly) {
  Bench bench([](const LayerEvent&, const Architecture& on, const CostState&) {
    return Demand(product(on, 500, 0));  // 0.5 ns
  });
  const auto result = bench.run(std::vector<LayerEvent>(20000, layer("body", {1}, {1})), GetParam());
  expect_near(1e-5, result.time_s);
  EXPECT_NEAR(20000 * 500 * 2e-12, result.energy_J(), 20000 * 500 * 2e-12 * 1e-9);
}

TEST_P(SimulatorTest, SizesBeyondWhatSimGridCountsAreCut) {
  Bench bench([](const LayerEvent&, const Architecture& on, const CostState&) {
    return Demand(product(on, 1e14, 2e13));  // 100 s against 200 s; a communication of SimGrid's ends at 1.7e13 bytes
  });
  bench.mapping.set_default(1);
  const auto result = bench.run({layer("body", {100'000, 100'000'000}, {1})}, GetParam());
  // 2e13 bytes to A at 10 GB/s: 2000 s.
  expect_near(2200, result.time_s);
  const EnergyParts& energy = result.phase(Phase::Prefill).energy;
  EXPECT_NEAR(2e13 * 160e-12, energy.host_to_device_J, 1e-9 * energy.host_to_device_J);
  EXPECT_NEAR(2e13 * 80e-12, energy.main_mem_J, 1e-9 * energy.main_mem_J);
  EXPECT_NEAR(1e14 * 2e-12, energy.compute_J, 1e-9 * energy.compute_J);
}

TEST_P(SimulatorTest, RecordsFollowEachOtherWithoutGaps) {
  Bench bench(by_name);
  bench.mapping.set(Name("head"), at_device(1, true));
  Recorder recorder;
  const std::vector<LayerEvent> events{layer("compute", {1, 8}, {1, 8}), layer("attention", {1, 8}, {1, 8}),
                                       layer("head", {1, 8}, {1, 8}), layer("memory", {1, 8}, {1, 8}),
                                       layer("empty", {1, 8}, {1, 8})};
  const auto result = bench.run(events, GetParam(), &recorder);
  ASSERT_EQ(6U, recorder.lines.size());
  EXPECT_EQ(0, recorder.lines.front().start_s);
  for (std::size_t i = 1; i < recorder.lines.size(); ++i)
    EXPECT_NEAR(recorder.lines[i - 1].end_s, recorder.lines[i].start_s, 1e-15) << i;
  expect_near(4e-3, recorder.lines[0].end_s);
  expect_near(11e-3, recorder.lines[1].end_s);
  EXPECT_EQ("", recorder.lines[5].name);
  expect_near(result.time_s, recorder.lines[5].end_s);
}

TEST_P(SimulatorTest, EnergyPartsSumToDevicesAndClasses) {
  Bench bench(by_name);
  bench.mapping.set(Name("compute"), at_device(1, true));
  bench.mapping.set(Name("memory"), at_device(2, false));
  std::vector<LayerEvent> events;
  std::mt19937 random(7);
  const char* const names[] = {"compute", "memory", "vector", "attention", "late", "head", "empty"};
  for (int i = 0; i < 300; ++i)
    events.push_back(layer(names[random() % 7], {1, 1 + static_cast<std::int64_t>(random() % 9999)}, {1, 7}));
  Recorder recorder;
  const auto result = bench.run(events, GetParam(), &recorder);
  double devices = 0, classes = 0, class_time = 0;
  for (const DeviceResult& d : result.devices) devices += d.energy.total_J();
  for (const EventClass& c : result.event_classes) {
    classes += c.cost.energy.total_J();
    class_time += c.cost.time_s;
  }
  EXPECT_NEAR(result.energy_J(), devices, result.energy_J() * 1e-12);
  EXPECT_NEAR(result.energy_J(), classes, result.energy_J() * 1e-12);
  EXPECT_NEAR(result.time_s, class_time, result.time_s * 1e-12);
  for (const DeviceResult& d : result.devices) {
    EXPECT_LE(d.busy.compute_s, result.time_s * (1 + 1e-12));
    EXPECT_LE(d.busy.mem_transfer_s + d.busy.kv_load_s, result.time_s * (1 + 1e-12));
    EXPECT_LE(d.busy.host_to_device_s + d.busy.device_to_host_s, result.time_s);
  }
}

TEST_P(SimulatorTest, AnEmptyStreamTakesNoTime) {
  Bench bench(by_name);
  const auto result = bench.run({}, GetParam());
  EXPECT_EQ(0, result.time_s);
  EXPECT_EQ(0, result.energy_J());
  EXPECT_EQ(0, result.power_W());
}

TEST_P(SimulatorTest, MorePowerThanTheRatingIsAnError) {
  Bench bench([](const LayerEvent&, const Architecture&, const CostState&) {
    Step step;
    step.unit = ComputeUnit::Vector;
    step.compute = {1e-3, 4e-3};  // 4 W of 3 W
    return Demand(step);
  });
  try {
    bench.run({layer("body", {1}, {1})}, GetParam());
    FAIL() << "no error";
  } catch (const SimulationError& error) {
    EXPECT_STREQ("HOST.fixed_time is asked for 1.333333 times its rated power", error.what());
  }
}

TEST_P(SimulatorTest, AnErrorOfTheSourceLeavesTheSimulation) {
  Bench bench([](const LayerEvent& event, const Architecture& on, const CostState&) -> Demand {
    if (event.name == "bad") throw InputError({"trace.jsonl", 3}, "bad event");
    return Demand(product(on, 1e9, 0));
  });
  try {
    bench.run({layer("body", {1}, {1}), layer("bad", {1}, {1})}, GetParam());
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ("trace.jsonl:3: bad event", error.what());
  }
}

INSTANTIATE_TEST_SUITE_P(Paths, SimulatorTest, ::testing::Bool(),
                         [](const ::testing::TestParamInfo<bool>& path) { return path.param ? "Segments" : "Plain"; });

TEST(OneEngine, ASecondSimulationIsAnErrorThatSaysWhy) {
  Bench bench(by_name);
  bench.run({}, true);
  try {
    bench.run({}, true);
    FAIL() << "no error";
  } catch (const SimulationError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("one engine a process"));
  }
}
