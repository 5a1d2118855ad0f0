/// The highest power of a machine and of its devices, whichever way tasks are run. Each simulates in a process of its
/// own.
#include <gtest/gtest.h>
#include <simgrid/plugins/energy.h>

#include <cmath>
#include <simgrid/s4u.hpp>

#include "simulation/simgrid_compat.hpp"
#include "support/result_numbers.hpp"
#include "task_bench.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// HOST idles at 0 W, A at 1 W and B at 3 W. Each has a link of its own, of 10 GB/s at 1 W (A) and 3 W (B), behind a
/// channel of 10 GB/s at 2 W. Arithmetic draws 2 W, memory 8 W.
struct TwoDevices {
  TwoDevices() {
    const LinkIndex channel = machine.link("channel", 10e9, 0.2e-9);
    const LinkIndex to_a = machine.link("to A", 10e9, 0.1e-9, LinkRole::HostToDevice, 0.25);
    const LinkIndex to_b = machine.link("to B", 10e9, 0.3e-9);
    machine.platform.links[to_a].owner = a;
    machine.platform.links[to_b].owner = b;
    route_a = machine.route(0, {a}, {channel, to_a});
    route_b = machine.route(0, {b}, {channel, to_b});
  }
  MachineBuilder machine;
  DeviceIndex a = machine.device("A", 1);
  DeviceIndex b = machine.device("B", 3);
  RouteIndex route_a = 0;
  RouteIndex route_b = 0;
};

constexpr double idle_W = 4;

using Write = std::function<void(const TwoDevices&, Script&)>;

class Watcher : public ActivityObserver {
 public:
  void on_start(const ActivityRecord&) override {}
  void on_use(const ResourceUse&) override {}
  void on_end(const ActivityRecord&) override {}
  void on_prefill_end(double) override {}
  void on_run_end(double) override {}
};

struct Peaks {
  double machine_W = 0;
  double a_W = 0;
  double b_W = 0;
};

class PeakPowerTest : public ::testing::Test {
 protected:
  static inline std::optional<FetchRules> fetch;  // of a test, which has a process of its own

  static std::vector<ResultNumber> run(const Write& write, bool segments, bool watched, bool ideal_links = false) {
    return numbers_from(in_child([&] {
      const TwoDevices two;
      Script script;
      write(two, script);
      Watcher watcher;
      Records records;
      SimulationOptions options;
      options.segments = segments;
      options.ideal_links = ideal_links;
      options.fetch = fetch;
      if (watched) {
        options.observer = &records;
        options.watch.observer = &watcher;
      }
      TaskSteps steps(script, two.machine.platform);
      return text_of(numbers_of(simulate(steps, two.machine.platform, options)));
    }));
  }

  static double value_of(const std::vector<ResultNumber>& numbers, const std::string& name) {
    for (const ResultNumber& number : numbers)
      if (number.name == name) return number.value;
    ADD_FAILURE() << "no " << name;
    return -1;
  }

  static void expect(const std::vector<ResultNumber>& found, const std::string& phase, const Peaks& peaks) {
    EXPECT_NEAR(peaks.machine_W, value_of(found, phase + " peak W"), 1e-9 * peaks.machine_W) << phase;
    EXPECT_NEAR(peaks.a_W, value_of(found, "A " + phase + " peak W"), 1e-9 * peaks.a_W) << phase;
    EXPECT_NEAR(peaks.b_W, value_of(found, "B " + phase + " peak W"), 1e-9 * peaks.b_W) << phase;
  }

  /// In all ways.
  static void expect(const Write& write, const Peaks& prefill, const Peaks& decode = {}, bool ideal_links = false) {
    for (const bool segments : {false, true})
      for (const bool watched : {false, true}) {
        SCOPED_TRACE(std::string(segments ? "segments" : "pieces") + (watched ? ", watched" : ""));
        const std::vector<ResultNumber> found = run(write, segments, watched, ideal_links);
        ASSERT_FALSE(found.empty());
        expect(found, "prefill", prefill);
        expect(found, "decode", decode);
      }
  }
};

}  // namespace

TEST_F(PeakPowerTest, ArithmeticAndMemoryOfAStepBeginTogether) {
  const Peaks both{idle_W + 2 + 8, 1 + 2 + 8, 3};
  expect([](const TwoDevices& two, Script& script) { script.compute(two.a, work(2, 1)); }, both);
  expect([](const TwoDevices& two, Script& script) { script.compute(two.a, work(1, 2)); }, both);
}

TEST_F(PeakPowerTest, APartDrawsItsEnergyOverItsOwnTime) {
  // 1 J of arithmetic in 2 s, and then memory alone.
  Step slow = step(2);
  slow.compute.energy_J = 1;
  expect([&](const TwoDevices& two, Script& script) { script.compute(two.a, Demand(slow)); }, {idle_W + 0.5, 1.5, 3});
  expect([&](const TwoDevices& two, Script& script) { script.compute(two.a, Demand(slow, step(0, 1))); },
         {idle_W + 8, 9, 3});
  // The vector unit's 3 W are above those of arithmetic.
  Step vector = step(1);
  vector.unit = ComputeUnit::Vector;
  vector.compute.energy_J = 2.5;
  expect([&](const TwoDevices& two, Script& script) { script.compute(two.a, Demand(step(1), vector)); },
         {idle_W + 2.5, 3.5, 3});
}

/// 8 J in 2 s are drawn at full rate, in one of them.
TEST_F(PeakPowerTest, MemoryIsAtFullRateWhileItIsAtWork) {
  Step step = test::step(3);
  step.memory = {1, 4};
  step.kv = {1, 4};
  expect([&](const TwoDevices& two, Script& script) { script.compute(two.a, Demand(step)); },
         {idle_W + 2 + 8, 1 + 2 + 8, 3});
}

TEST_F(PeakPowerTest, OverheadDrawsIdlePowerAlone) {
  Step step;
  step.overhead_s = 5;
  expect([&](const TwoDevices& two, Script& script) { script.compute(two.a, Demand(step)); }, {idle_W, 1, 3});
  // B's 1 s of arithmetic begins when A's has ended and A's overhead goes on.
  step.compute = {1, 2};
  expect(
      [&](const TwoDevices& two, Script& script) {
        script.compute(two.a, Demand(step));
        script.compute(two.b, Demand(Step{2, ComputeUnit::Arithmetic, {}, 0, {}, 0, {}, 0}));
        script.compute(two.b, work(1));
      },
      {idle_W + 2, 3, 5});
}

TEST_F(PeakPowerTest, DevicesOneAfterTheOtherDoNotAddUp) {
  expect(
      [](const TwoDevices& two, Script& script) {
        script.compute(two.a, work(1));
        script.compute(two.b, work(1, 1), {0});
      },
      {idle_W + 10, 3, 13});
}

TEST_F(PeakPowerTest, DevicesAtTheSameTimeAddUp) {
  expect(
      [](const TwoDevices& two, Script& script) {
        script.compute(two.a, work(2));
        script.compute(two.b, work(1, 1));
      },
      {idle_W + 2 + 10, 3, 13});
}

/// A has 2 W and then 8 W, B 8 W and then 2 W: never 16 W. With a third that is as A's, B's and A's meet in the end.
TEST_F(PeakPowerTest, TheHighestOfEachNeedNotMeet) {
  const Write crossed = [](const TwoDevices& two, Script& script) {
    script.compute(two.a, work(1));
    script.compute(two.b, work(0, 1));
    script.compute(two.a, work(0, 1));
    script.compute(two.b, work(1));
  };
  expect(crossed, {idle_W + 10, 9, 11});
  expect(
      [&](const TwoDevices& two, Script& script) {
        crossed(two, script);
        script.compute(two.b, work(0, 0.5));
        script.compute(two.a, work(0, 1));
      },
      {idle_W + 16, 9, 11});
}

/// Ten times 0.1 s are a little less than 1 s in doubles, and two roundings beside that of SimGrid's clock.
TEST_F(PeakPowerTest, WhatEndsAsSomethingElseBeginsDoesNotAddToIt) {
  const Write write = [](const TwoDevices& two, Script& script) {
    for (int i = 0; i < 10; ++i) script.compute(two.a, work(0.1));
    script.compute(two.a, work(0, 1));
    script.compute(two.b, work(0, 1));
    script.compute(two.b, work(1));
  };
  double sum_s = 0;
  for (int i = 0; i < 10; ++i) sum_s += 0.1;
  ASSERT_LT(sum_s, 1);
  expect(write, {idle_W + 10, 9, 11});
}

/// Two transfers have half of the channel each: 2 W there, 0.5 W to A and 1.5 W to B.
TEST_F(PeakPowerTest, TransfersDrawByTheirRates) {
  expect(
      [](const TwoDevices& two, Script& script) {
        script.transfer(two.route_a, 10e9, {}, false);
        script.transfer(two.route_b, 10e9, {}, false);
      },
      {idle_W + 4, 1.5, 4.5});
  // A's goes on alone when B's has ended, and is twice as fast.
  expect(
      [](const TwoDevices& two, Script& script) {
        script.transfer(two.route_a, 10e9, {}, false);
        script.transfer(two.route_b, 2.5e9, {}, false);
      },
      {idle_W + 4, 2, 4.5});
}

/// The channel is nobody's; what A computes in the meantime adds to its own link.
TEST_F(PeakPowerTest, ADevicePaysForItsOwnLinks) {
  expect(
      [](const TwoDevices& two, Script& script) {
        script.transfer(two.route_a, 10e9, {}, false);
        script.transfer(two.route_b, 10e9, {}, false);
        script.compute(two.a, work(1));
      },
      {idle_W + 4 + 2, 1 + 0.5 + 2, 4.5});
  // The latency of 0.25 s draws nothing, and A has done its 8 W by then.
  expect(
      [](const TwoDevices& two, Script& script) {
        script.transfer(two.route_a, 10e9);
        script.compute(two.a, work(0, 0.25));
        script.compute(two.a, work(1));
      },
      {idle_W + 8, 9, 3});
}

TEST_F(PeakPowerTest, IdealLinksDrawNothing) {
  expect(
      [](const TwoDevices& two, Script& script) {
        script.transfer(two.route_a, 10e9);
        script.compute(two.a, work(1), {0});
      },
      {idle_W + 2, 3, 3}, {}, true);
}

TEST_F(PeakPowerTest, EachPhaseHasItsOwn) {
  expect(
      [](const TwoDevices& two, Script& script) {
        script.compute(two.a, work(1, 1));
        script.join({0}, true);
        script.event("decode", Phase::Decode);
        script.compute(two.b, work(1), {1});
      },
      {idle_W + 10, 11, 3}, {idle_W + 2, 1, 5});
}

/// A's memory is at work for 1 s and its arithmetic for 4 s; prefill ends after 2 s, and B goes on for 1 s.
TEST_F(PeakPowerTest, WorkCountsInThePhaseInWhichItIsDone) {
  expect(
      [](const TwoDevices& two, Script& script) {
        script.compute(two.a, work(4, 1));
        script.compute(two.b, work(2));
        script.join({1}, true);
        script.event("decode", Phase::Decode);
        script.compute(two.b, work(0, 1), {2});
      },
      {idle_W + 10 + 2, 11, 5}, {idle_W + 2 + 8, 3, 11});
}

/// A transfer that goes on into decode, at the same rate.
TEST_F(PeakPowerTest, ATransferCountsInBothPhasesThatItIsIn) {
  expect(
      [](const TwoDevices& two, Script& script) {
        script.transfer(two.route_a, 30e9, {}, false);
        script.compute(two.b, work(2));
        script.join({1}, true);
        script.event("decode", Phase::Decode);
        script.compute(two.b, work(0.5), {2});
      },
      {idle_W + 3 + 2, 2, 5}, {idle_W + 3 + 2, 2, 5});
}

/// The second task's 8 W of memory are beside the first one's arithmetic.
TEST_F(PeakPowerTest, WeightsThatAreFetchedAheadAddUp) {
  fetch = FetchRules::one_task();
  expect(
      [](const TwoDevices& two, Script& script) {
        script.compute(two.a, work(2));
        script.compute(two.a, work(0, 1), {0}, 1);
      },
      {idle_W + 10, 11, 3});
}

/// Until the buffer of 50 GB is full, after 0.5 s, the memory's 8 W are beside the 3 W of a transfer over the channel
/// and the link of A, which has 1 W of these. The other 0.5 s of the last task's weights are beside its own arithmetic.
TEST_F(PeakPowerTest, ABufferThatFillsWhileItWaits) {
  fetch = FetchRules::of_buffer(50e9);
  expect(
      [](const TwoDevices& two, Script& script) {
        script.transfer(two.route_a, 10e9, {}, false);
        script.compute(two.a, work(1), {0});
        script.compute(two.a, work(1, 1), {1}, 1);
      },
      {idle_W + 8 + 3, 1 + 2 + 8, 3});
}

/// SimGrid's plugins, read every millisecond; all that begins and ends does so at whole ones.
TEST_F(PeakPowerTest, IsWhatAFineSamplingOfSimGridsPluginsGives) {
  const std::string text = in_child([] {
    const TwoDevices two;
    Script script;
    Step overhead = step(3e-3, 5e-3);
    overhead.overhead_s = 4e-3;
    script.transfer(two.route_b, 100e6, {}, false);  // 10 ms alone
    script.transfer(two.route_a, 50e6, {}, false);
    script.compute(two.a, Demand(step(2e-3, 7e-3), overhead));
    script.compute(two.b, work(9e-3, 4e-3));
    script.compute(two.a, work(6e-3));
    script.compute(two.b, work(1e-3, 8e-3), {2});
    script.compute(two.a, work(2e-3, 5e-3), {3});
    double highest_W = 0;
    simgrid::s4u::Engine::on_simulation_start_cb([&highest_W] {
      compat::create_actor("sampler", simgrid::s4u::Engine::get_instance()->host_by_name("HOST"), [&highest_W] {
        simgrid::s4u::Actor::self()->daemonize();
        double before_J = 0;
        while (true) {
          simgrid::s4u::this_actor::sleep_for(1e-3);
          double now_J = 0;
          for (simgrid::s4u::Host* host : simgrid::s4u::Engine::get_instance()->get_all_hosts())
            now_J += sg_host_get_consumed_energy(host);
          for (simgrid::s4u::Link* link : simgrid::s4u::Engine::get_instance()->get_all_links())
            if (link->get_property("wattage_range") != nullptr) now_J += sg_link_get_consumed_energy(link);
          highest_W = std::max(highest_W, (now_J - before_J) / 1e-3);
          before_J = now_J;
        }
      });
    });
    const SimulationResult result = test::run(script, two.machine.platform, nullptr, false, false);
    return number_text(highest_W) + " " + number_text(result.peak_power_W().value());
  });
  double sampled_W = 0, peak_W = 0;
  std::istringstream(text) >> sampled_W >> peak_W;
  // A begins with 10 W, B too; transfers share the channel's 2 W, at 0.5 and 1.5 W of their own.
  EXPECT_NEAR(idle_W + 20 + 4, peak_W, 1e-9) << text;
  EXPECT_NEAR(sampled_W, peak_W, 1e-6 * peak_W) << text;
}
