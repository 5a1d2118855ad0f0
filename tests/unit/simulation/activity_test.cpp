/// What those who watch activities are told. Each test simulates once, in a process of its own.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/generated_platform.hpp"
#include "support/run_events.hpp"
#include "task_bench.hpp"
#include "util/number_text.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using testing::ElementsAre;

namespace {

/// Times in µs, 9 digits; energies in mJ; sizes in kB.
std::string micro(double time_s) {
  return rounded_plain(time_s * 1e6, 9);
}
std::string milli(double energy_J) {
  return rounded_plain(energy_J * 1e3, 9);
}
std::string kilo(double bytes) {
  return rounded_plain(bytes / 1e3, 9);
}

class Told : public ActivityObserver {
 public:
  void on_start(const ActivityRecord& activity) override {
    add("{} start {} {}{} on {}{}", micro(activity.start_s), activity.id,
        activity.event != nullptr ? activity.event->name.str() : "-",
        *activity.purpose != '\0' ? std::string(" ") + activity.purpose : "",
        activity.kind == ActivityKind::Compute ? "device " : "route ", activity.stream);
  }
  void on_use(const ResourceUse& use) override {
    const char* const names[] = {"arithmetic", "memory", "route"};
    add("{}..{} {} {} of {}: {} mJ, {} kB", micro(use.start_s), micro(use.end_s),
        names[static_cast<std::size_t>(use.resource)], use.index, use.activity, milli(use.energy_J), kilo(use.bytes));
  }
  void on_end(const ActivityRecord& activity) override {
    add("{} end {}: {} mJ, {} kB", micro(activity.end_s), activity.id, milli(activity.energy_J),
        kilo(activity.kind == ActivityKind::Transfer ? activity.bytes : activity.memory_bytes));
    ended.push_back(activity);
  }
  void on_prefill_end(double time_s) override { add("{} prefill ends", micro(time_s)); }
  void on_run_end(double time_s) override { add("{} run ends", micro(time_s)); }

  std::vector<std::string> calls;
  std::vector<ActivityRecord> ended;

 private:
  template <class... Values>
  void add(const char* format, const Values&... values) {
    calls.push_back(fmt::format(fmt::runtime(format), values...));
  }
};

struct TaskActivity : ::testing::Test {
  TaskActivity() : a(machine.device("A")), b(machine.device("B")) {}

  SimulationResult run(bool ideal_links = false) {
    SimulationOptions options;
    options.ideal_links = ideal_links;
    return run(options);
  }
  SimulationResult run(SimulationOptions options) {
    options.watch.observer = &told;
    TaskSteps steps(script, machine.platform);
    return simulate(steps, machine.platform, options);
  }

  MachineBuilder machine;
  DeviceIndex a, b;
  Script script;
  Told told;
};

}  // namespace

/// 2 ms of arithmetic at 2 W beside 5 ms of memory at 8 W (500 MB), after 1 ms of overhead.
TEST_F(TaskActivity, ATaskWithOverhead) {
  Step late = step(2e-3, 5e-3);
  late.overhead_s = 1e-3;
  script.compute(a, Demand(late));
  script.events[0].tasks[0].kv_cache_B = 70;
  script.events[0].tasks[0].activations_B = 9;
  run();
  EXPECT_THAT(told.calls, ElementsAre("0 start 0 work on device 1", "1000..3000 arithmetic 1 of 0: 4 mJ, 0 kB",
                                      "1000..6000 memory 1 of 0: 40 mJ, 500000 kB", "6000 end 0: 44 mJ, 500000 kB",
                                      "6000 run ends"));
  const ActivityRecord& ended = told.ended.front();
  EXPECT_DOUBLE_EQ(2e9, ended.flop);
  EXPECT_DOUBLE_EQ(2e-3, ended.compute_s);
  EXPECT_DOUBLE_EQ(5e-3, ended.memory_s);
  EXPECT_EQ(70, ended.kv_cache_B);
  EXPECT_EQ(9, ended.activations_B);
}

/// Two routes share a link of 10 GB/s. The first has it alone for 1 ms (10 MB), then each 5 GB/s: 20 MB of the first
/// are left and take 4 ms. The second has then 10 MB left, 1 ms alone. 100 pJ for each byte.
TEST_F(TaskActivity, TransfersThatShareALink) {
  const LinkIndex shared = machine.link("shared", 10e9, 100e-12);
  const RouteIndex to_a = machine.route(0, {a}, {shared});
  const RouteIndex to_b = machine.route(0, {b}, {shared});
  script.compute(0, work(1e-3));
  script.transfer(to_a, 30e6);
  script.event("late").transfer(to_b, 30e6, {0});
  run();
  EXPECT_THAT(
      told.calls,
      ElementsAre("0 start 0 work on device 0", "0..1000 arithmetic 0 of 0: 2 mJ, 0 kB",
                  "0 start 1 work input on route 0", "1000 end 0: 2 mJ, 0 kB", "1000 start 2 late input on route 1",
                  "0..1000 route 0 of 1: 1 mJ, 10000 kB", "1000..5000 route 0 of 1: 2 mJ, 20000 kB",
                  "5000 end 1: 3 mJ, 30000 kB", "1000..5000 route 1 of 2: 2 mJ, 20000 kB",
                  "5000..6000 route 1 of 2: 1 mJ, 10000 kB", "6000 end 2: 3 mJ, 30000 kB", "6000 run ends"));
}

/// 100 µs pass before anything moves.
TEST_F(TaskActivity, LatencyBelongsToTheTransferAndUsesNothing) {
  const LinkIndex slow = machine.link("slow", 10e9, 100e-12, LinkRole::HostToDevice, 100e-6);
  script.transfer(machine.route(0, {a}, {slow}), 10e6);
  run();
  EXPECT_THAT(told.calls, ElementsAre("0 start 0 work input on route 0", "100..1100 route 0 of 0: 1 mJ, 10000 kB",
                                      "1100 end 0: 1 mJ, 10000 kB", "1100 run ends"));
}

TEST_F(TaskActivity, OnIdealLinksTransfersTakeNoTimeAndNoEnergy) {
  const LinkIndex slow = machine.link("slow", 10e9, 100e-12, LinkRole::HostToDevice, 100e-6);
  script.transfer(machine.route(0, {a}, {slow}), 10e6);
  run(true);
  EXPECT_THAT(told.calls, ElementsAre("0 start 0 work input on route 0", "0 end 0: 0 mJ, 10000 kB", "0 run ends"));
}

/// The second task's weights (half of its 4 ms of memory) are fetched while the first computes, before it starts.
namespace {

/// Both ways: by windows, and with each piece left to SimGrid.
struct FetchActivity : TaskActivity, ::testing::WithParamInterface<bool> {
  void run(const FetchRules& rules) {
    SimulationOptions options;
    options.fetch = rules;
    options.segments = GetParam();
    TaskActivity::run(options);
  }
};

}  // namespace

/// What comes ahead is told of when it is there.
TEST_P(FetchActivity, WeightsThatAreFetchedAhead) {
  const TaskId first = script.compute(a, work(5e-3));
  script.compute(a, work(1e-3, 4e-3), {first}, 0.5);
  run(FetchRules::one_task());
  EXPECT_THAT(told.calls,
              ElementsAre("0 start 0 work on device 1", "0..5000 arithmetic 1 of 0: 10 mJ, 0 kB",
                          "0..2000 memory 1 of 1: 16 mJ, 200000 kB", "5000 end 0: 10 mJ, 0 kB",
                          "5000 start 1 work on device 1", "5000..7000 memory 1 of 1: 16 mJ, 200000 kB",
                          "5000..6000 arithmetic 1 of 1: 2 mJ, 0 kB", "7000 end 1: 34 mJ, 400000 kB", "7000 run ends"));
}

/// The buffer takes 100 MB of the last task's 400, 1 ms: 0.1 ms beside the first task, 0.4 ms during the overhead of
/// the second, and the rest when that one's own memory work has ended.
TEST_P(FetchActivity, AFetchThatMakesWay) {
  const TaskId first = script.compute(a, work(1e-3, 0.9e-3));
  Step second = step(2e-3, 0.5e-3);
  second.overhead_s = 0.4e-3;
  const TaskId next = script.compute(a, Demand(second), {first});
  script.compute(a, work(1e-3, 4e-3), {next}, 1);
  run(FetchRules::of_buffer(100e6));
  EXPECT_THAT(told.calls, ::testing::UnorderedElementsAre(
                              "0 start 0 work on device 1", "0..900 memory 1 of 0: 7.2 mJ, 90000 kB",
                              "0..1000 arithmetic 1 of 0: 2 mJ, 0 kB", "1000 end 0: 9.2 mJ, 90000 kB",
                              "1000 start 1 work on device 1", "900..1000 memory 1 of 2: 0.8 mJ, 10000 kB",
                              "1400..3400 arithmetic 1 of 1: 4 mJ, 0 kB", "1000..1400 memory 1 of 2: 3.2 mJ, 40000 kB",
                              "1400..1900 memory 1 of 1: 4 mJ, 50000 kB", "1900..2400 memory 1 of 2: 4 mJ, 50000 kB",
                              "3400 end 1: 8 mJ, 50000 kB", "3400 start 2 work on device 1",
                              "3400..6400 memory 1 of 2: 24 mJ, 300000 kB", "3400..4400 arithmetic 1 of 2: 2 mJ, 0 kB",
                              "6400 end 2: 34 mJ, 400000 kB", "6400 run ends"));
}

INSTANTIATE_TEST_SUITE_P(Ways, FetchActivity, ::testing::Bool(),
                         [](const ::testing::TestParamInfo<bool>& one) { return one.param ? "Windows" : "Pieces"; });

TEST_F(TaskActivity, PrefillEndsAndJoinsAreNotSeen) {
  const TaskId first = script.compute(a, work(1e-3));
  script.join({first}, true);
  script.event("more", Phase::Decode).compute(a, work(1e-3));
  run();
  EXPECT_THAT(told.calls,
              ElementsAre("0 start 0 work on device 1", "0..1000 arithmetic 1 of 0: 2 mJ, 0 kB",
                          "1000 end 0: 2 mJ, 0 kB", "1000 prefill ends", "1000 start 2 more on device 1",
                          "1000..2000 arithmetic 1 of 2: 2 mJ, 0 kB", "2000 end 2: 2 mJ, 0 kB", "2000 run ends"));
  EXPECT_EQ(Phase::Decode, told.ended.back().phase);
}

namespace {

/// On device A: "work" asks for 1 ms of arithmetic at 2 W and 0.1 ms of memory at 8 W (10 MB), "free" for nothing.
struct SequentialActivity : ::testing::TestWithParam<bool> {
  SequentialActivity()
      : model([](const LayerEvent& event, const Architecture& on, const CostState&) {
          return event.name == "free" ? Demand() : Demand(product(on, 1e9, 1e7));
        }),
        platform(generate_platform(
            {test::device("HOST"), test::device("A")}, [&](const Architecture& p) { return model.ratings(p); }, false)),
        memory(platform.devices.size(), MemoryAccount::Options()) {
    MapTarget target;
    target.devices = {1};
    target.transfer_point = true;
    mapping.set(Name("work"), target);
    target.transfer_point = false;
    mapping.set(Name("head"), target);
  }

  FixedCost model;
  PlatformSpec platform;
  Mapping mapping;
  MemoryAccount memory;
  Told told;
};

}  // namespace

/// Inputs of 1000 × 1000 two-byte elements, 2 MB: 200 µs to A at 160 pJ a byte, 400 µs from it at 400 pJ. "work" comes
/// from the host, so that a second one sends the first's output there; the last layer's input goes back at the end.
TEST_P(SequentialActivity, EventsFollowEachOther) {
  const Shape shape{1000, 1000};
  std::vector<LayerEvent> events{layer("work", shape, shape), layer("free", shape, shape), layer("work", shape, shape),
                                 layer("head", shape, shape)};
  for (std::size_t i = 0; i < events.size(); ++i) events[i].seq = static_cast<std::int64_t>(i);
  ListSource source(std::move(events));
  SimulationOptions options;
  options.segments = GetParam();
  options.watch = {&told, &memory};
  const SimulationResult result = test::run_events(source, {platform, mapping, model}, options);
  EXPECT_THAT(
      told.calls,
      ElementsAre("0 start 0 work input on route 0", "0..200 route 0 of 0: 0.32 mJ, 2000 kB",
                  "200 end 0: 0.32 mJ, 2000 kB", "200 start 1 work on device 1",
                  "200..1200 arithmetic 1 of 1: 2 mJ, 0 kB", "200..300 memory 1 of 1: 0.8 mJ, 10000 kB",
                  "1200 end 1: 2.8 mJ, 10000 kB", "1200 start 3 work input on route 1",
                  "1200..1600 route 1 of 3: 0.8 mJ, 2000 kB", "1600 end 3: 0.8 mJ, 2000 kB",
                  "1600 start 4 work input on route 0", "1600..1800 route 0 of 4: 0.32 mJ, 2000 kB",
                  "1800 end 4: 0.32 mJ, 2000 kB", "1800 start 5 work on device 1",
                  "1800..2800 arithmetic 1 of 5: 2 mJ, 0 kB", "1800..1900 memory 1 of 5: 0.8 mJ, 10000 kB",
                  "2800 end 5: 2.8 mJ, 10000 kB", "2800 start 7 head on device 1",
                  "2800..3800 arithmetic 1 of 7: 2 mJ, 0 kB", "2800..2900 memory 1 of 7: 0.8 mJ, 10000 kB",
                  "3800 end 7: 2.8 mJ, 10000 kB", "3800 prefill ends", "3800 start 10 - result on route 1",
                  "3800..4200 route 1 of 10: 0.8 mJ, 2000 kB", "4200 end 10: 0.8 mJ, 2000 kB", "4200 run ends"));
  EXPECT_NEAR(4.2e-3, result.time_s, 1e-14);
  EXPECT_EQ(4e6, told.ended[1].activations_B);
}

INSTANTIATE_TEST_SUITE_P(Paths, SequentialActivity, ::testing::Bool(),
                         [](const ::testing::TestParamInfo<bool>& one) { return one.param ? "Segments" : "Plain"; });

/// The same device profile twice: work of both counts together, at the roof of one.
TEST_F(TaskActivity, OperatorsAddUpByProfile) {
  for (const DeviceIndex device : {a, b}) machine.platform.devices[device].architecture.name = "TWIN";
  script.event("fc").compute(a, work(2e-3, 1e-3));
  script.compute(b, work(2e-3, 1e-3));
  script.event("fc").compute(0, work(1e-3));
  const SimulationResult result = run();
  ASSERT_EQ(2U, result.architectures.size());
  EXPECT_EQ("HOST", result.architectures[0].name);
  EXPECT_EQ("TWIN", result.architectures[1].name);
  EXPECT_EQ(2, result.architectures[1].devices);
  EXPECT_EQ(1e12, result.architectures[1].flops_per_s);
  EXPECT_EQ(100e9, result.architectures[1].memory_Bps);
  EXPECT_EQ(1U, result.devices[b].architecture);
  ASSERT_EQ(2U, result.operators.size());
  const OperatorUse& twins = result.operators[0];
  EXPECT_EQ(1U, twins.architecture);
  EXPECT_EQ("fc", twins.name.str());
  EXPECT_EQ(OperatorClass::Linear, twins.operator_class);
  EXPECT_EQ(2, twins.count);
  EXPECT_DOUBLE_EQ(4e-3, twins.time_s);
  EXPECT_DOUBLE_EQ(4e-3, twins.compute_s);
  EXPECT_DOUBLE_EQ(2e-3, twins.memory_s);
  EXPECT_DOUBLE_EQ(4e9, twins.flop);
  EXPECT_DOUBLE_EQ(200e6, twins.memory_bytes);
  EXPECT_DOUBLE_EQ(2 * (2e-3 * 2 + 1e-3 * 8), twins.energy_J);
  EXPECT_EQ(0U, result.operators[1].architecture);
  EXPECT_EQ(1, result.operators[1].count);
}

/// One of two devices of a profile has been changed: they have roofs of their own.
TEST_F(TaskActivity, AChangedProfileHasANameOfItsOwn) {
  for (const DeviceIndex device : {a, b}) machine.platform.devices[device].architecture.name = "TWIN";
  machine.platform.devices[b].ratings.memory_Bps = 50e9;
  script.compute(a, work(1e-3));
  const SimulationResult result = run();
  ASSERT_EQ(3U, result.architectures.size());
  EXPECT_EQ("TWIN #2", result.architectures[2].name);
  EXPECT_EQ(50e9, result.architectures[2].memory_Bps);
  EXPECT_EQ(2U, result.devices[b].architecture);
}
