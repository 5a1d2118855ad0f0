/// Tasks that run as one give the numbers of tasks that run one by one. Each case simulates in child processes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "support/result_numbers.hpp"
#include "task_bench.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// Three devices behind a channel, which idle at 0, 1 and 2 W.
struct Cluster {
  Cluster() {
    const LinkIndex channel = machine.link("channel", 8e9, 5e-12, LinkRole::HostToDevice, 1e-7);
    const LinkIndex back = machine.link("back", 6e9, 6e-12, LinkRole::DeviceToHost, 1e-7);
    for (int i = 0; i < 3; ++i) {
      devices.push_back(machine.device("d" + std::to_string(i), i));
      routes.push_back(machine.route(0, {devices.back()}, {channel}));
      routes.push_back(machine.route(devices.back(), {0}, {back}));
    }
  }
  MachineBuilder machine;
  std::vector<DeviceIndex> devices;
  std::vector<RouteIndex> routes;
};

using Write = std::function<void(const Cluster&, Script&)>;

std::vector<ResultNumber> numbers(const Write& write, bool segments, bool ideal_links = false,
                                  const std::optional<FetchRules>& fetch = std::nullopt) {
  return numbers_from(in_child([&] {
    Cluster cluster;
    Script script;
    write(cluster, script);
    return text_of(numbers_of(test::run(script, cluster.machine.platform, nullptr, ideal_links, segments, fetch)));
  }));
}

double value_of(const std::vector<ResultNumber>& numbers, const std::string& name) {
  for (const ResultNumber& number : numbers)
    if (number.name == name) return number.value;
  ADD_FAILURE() << "no " << name;
  return -1;
}

/// Chains on each device with a transfer, a join or a dependency on another chain now and then; the join in the middle
/// ends prefill. Half of the cases have several tasks an event.
void write_chains(unsigned seed, bool prefetch, const Cluster& cluster, Script& script) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t n) { return random() % n; };
  const std::size_t meets = 4 + below(40);
  const std::size_t tasks_an_event = 1 + below(2) * 3;
  for (std::size_t i = 0; i < 300; ++i) {
    const Phase phase = i < 150 ? Phase::Prefill : Phase::Decode;
    if (i % tasks_an_event == 0) script.event(("e" + std::to_string(i % 7)).c_str(), phase);
    Script::After after;
    if (script.next_id > 0 && below(2) == 0)
      after.push_back(script.next_id - 1 - below(std::min<TaskId>(5, script.next_id)));
    if (i == 150) {
      script.join({script.next_id - 1}, true);
    } else if (below(meets) == 0) {
      script.transfer(cluster.routes[below(cluster.routes.size())], 1 + static_cast<double>(below(90'000)),
                      std::move(after));
    } else if (below(8) == 0) {
      script.join(std::move(after));
    } else {
      const double compute_s = static_cast<double>(below(1000)) * 1e-7;
      const double memory_s = static_cast<double>(below(1000)) * 1e-7;
      Demand demand(step(compute_s, memory_s));
      if (below(4) == 0) {
        Step vector = step(memory_s + 1e-9, compute_s);
        vector.unit = ComputeUnit::Vector;
        vector.overhead_s = 3e-6;
        demand = Demand(step(compute_s, memory_s), vector);
      }
      const double share = prefetch ? static_cast<double>(below(3)) / 2 : 0;
      script.compute(cluster.devices[below(meets > 20 ? 2 : 3)], demand, std::move(after), share);
    }
  }
}

}  // namespace

TEST(TaskSegments, GiveTheNumbersOfTasksOneByOne) {
  for (unsigned seed = 0; seed < 120; ++seed) {
    const bool prefetch = seed % 2 == 1;
    const bool ideal_links = seed % 5 == 4;
    const Write write = [&](const Cluster& cluster, Script& script) { write_chains(seed, prefetch, cluster, script); };
    // Weights of a task are up to 10 MB: of some of them the buffer takes a part, or many.
    std::optional<FetchRules> fetch;
    if (prefetch)
      fetch = seed % 4 == 3 ? FetchRules::one_task() : FetchRules::of_buffer(1e5 * static_cast<double>(seed * seed));
    const std::vector<ResultNumber> plain = numbers(write, false, ideal_links, fetch);
    ASSERT_GT(plain.size(), 100U);
    EXPECT_EQ("", differences(plain, numbers(write, true, ideal_links, fetch))) << "seed " << seed;
  }
}

/// d0 has three tasks of 1, 2 and 3 s: arithmetic at 2 W all the time, memory at 8 W for 0.5, 2 and 0 s. Prefill ends
/// after 2.25 s, when d1's task does: within the second of them.
TEST(TaskSegments, APhaseThatEndsWithinOneTakesWhatTasksHaveDrawnByThen) {
  const std::vector<ResultNumber> found = numbers(
      [](const Cluster& cluster, Script& script) {
        script.compute(cluster.devices[0], work(1, 0.5));
        script.compute(cluster.devices[0], work(2, 2), {0});
        script.compute(cluster.devices[0], work(3), {1});
        script.compute(cluster.devices[1], work(2.25));
        script.join({3}, true);
      },
      true);
  EXPECT_NEAR(6, value_of(found, "time_s"), 1e-9);
  EXPECT_NEAR(2.25, value_of(found, "prefill time_s"), 1e-9);
  EXPECT_NEAR(2.25 * 2, value_of(found, "d0 prefill compute_J"), 1e-9);
  EXPECT_NEAR((0.5 + 1.25) * 8, value_of(found, "d0 prefill main_mem_J"), 1e-9);
  EXPECT_NEAR((6 - 2.25) * 2, value_of(found, "d0 decode compute_J"), 1e-9);
  EXPECT_NEAR(0.75 * 8, value_of(found, "d0 decode main_mem_J"), 1e-9);
}

/// 1.3 fs after the latency of 100 ns 10.9 of SimGrid's bytes have moved, which counts as 11.
TEST(TaskSegments, TheFirstBytesOfATransferMakeNoPhaseLonger) {
  constexpr double prefill_s = 100e-9 + 1.3e-15;
  const std::vector<ResultNumber> found = numbers(
      [](const Cluster& cluster, Script& script) {
        script.transfer(cluster.routes[0], 1000);
        script.compute(cluster.devices[0], work(prefill_s));
        script.join({1}, true);
      },
      true);
  EXPECT_NEAR(prefill_s, value_of(found, "prefill time_s"), 1e-9 * prefill_s);
}

/// The last of many tasks of d0 are planned when the first have run; those of d1 among them wait for tasks of d0 that
/// run in a segment by then.
TEST(TaskSegments, WhoIsPlannedLateWaitsForATaskAndNotForItsSegment) {
  for (const TaskId distance : {48'000, 49'100, 49'300, 56'000, 63'500, 64'800, 65'300}) {
    const Write write = [&](const Cluster& cluster, Script& script) {
      for (TaskId id = 0; id < 67'000; ++id) {
        if (id % 100 == 0) script.event(("e" + std::to_string(id % 700)).c_str());
        if (id > 65'000 && id % 11 == 0)
          script.compute(cluster.devices[1], work(1e-9), {id - distance});
        else if (id > 65'000 && id % 13 == 0)
          script.join({id - distance});
        else
          script.compute(cluster.devices[0], work(1e-6 * static_cast<double>(1 + id % 3), 1e-6));
      }
      // What d1 does in between ends when d0 is far from its end.
      script.compute(cluster.devices[1], work(1e-9), {script.next_id - 1});
    };
    EXPECT_EQ("", differences(numbers(write, false), numbers(write, true))) << "distance " << distance;
  }
}

TEST(TaskSegments, AnErrorWithinOneIsThatOfItsTask) {
  Demand greedy = work(1, 0);
  Step step = test::step(1);
  step.compute.energy_J = 5;  // of a unit of 2 W
  greedy = Demand(step);
  const std::string text = in_child([&] {
    Cluster cluster;
    Script script;
    script.compute(cluster.devices[0], greedy);
    script.compute(cluster.devices[0], greedy, {0});
    test::run(script, cluster.machine.platform);
    return std::string("ran");
  });
  EXPECT_EQ("threw d0 is asked for 2.500000 times its rated power", text);
}
