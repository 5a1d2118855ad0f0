/// Laws that hold for any tasks. Each case simulates in a child process.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <sstream>

#include "task_bench.hpp"
#include "util/number_text.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// A machine with four devices behind one channel, with links of their own and to each other in a ring.
struct Cluster {
  Cluster() {
    const LinkIndex channel = machine.link("channel", 8e9, 5e-12, LinkRole::HostToDevice, 1e-7);
    const LinkIndex back = machine.link("back", 6e9, 6e-12, LinkRole::DeviceToHost, 1e-7);
    for (int i = 0; i < 4; ++i) devices.push_back(machine.device("d" + std::to_string(i), i));
    for (int i = 0; i < 4; ++i) {
      const std::string name = std::to_string(i);
      const LinkIndex in = machine.link("in" + name, (2 + 3 * i) * 1e9, 3e-12);
      const LinkIndex out = machine.link("out" + name, (5 - i) * 1e9, 4e-12, LinkRole::DeviceToHost);
      const LinkIndex next = machine.link("next" + name, 3e9, 2e-12, LinkRole::DeviceToDevice);
      routes.push_back(machine.route(0, {devices[i]}, {channel, in}));
      routes.push_back(machine.route(devices[i], {0}, {out, back}));
      routes.push_back(machine.route(devices[i], {devices[(i + 1) % 4]}, {next}));
    }
    routes.push_back(machine.route(0, devices, {channel}));
  }
  MachineBuilder machine;
  std::vector<DeviceIndex> devices;
  std::vector<RouteIndex> routes;
};

/// Tasks of every kind that wait for any before them; each an event of its own.
void random_tasks(const Cluster& cluster, unsigned seed, bool prefetch, Script& script) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t n) { return random() % n; };
  for (int i = 0; i < 150; ++i) {
    script.event(("e" + std::to_string(i)).c_str());
    Script::After after;
    for (TaskId id = std::max<TaskId>(0, script.next_id - 20); id < script.next_id; ++id)
      if (below(12) == 0) after.push_back(id);
    switch (below(4)) {
      case 0:
        script.transfer(cluster.routes[below(cluster.routes.size())], 1 + static_cast<double>(below(900'000)), after);
        break;
      case 1:
        script.join(after);
        break;
      default:
        script.compute(cluster.devices[below(4)],
                       work(static_cast<double>(below(1000)) * 1e-7, static_cast<double>(below(1000)) * 1e-7), after,
                       prefetch ? static_cast<double>(below(3)) / 2 : 0);
    }
  }
}

/// The first law that a run breaks; "kept" where it keeps all.
std::string broken_law(unsigned seed, bool prefetch, bool ideal_links) {
  Cluster cluster;
  Script script;
  random_tasks(cluster, seed, prefetch, script);
  Records records;
  const SimulationResult result =
      test::run(script, cluster.machine.platform, &records, ideal_links, true,
                prefetch ? std::optional<FetchRules>(FetchRules::one_task()) : std::nullopt);
  if (records.lines.size() != 150) return "not every event was recorded";
  std::map<std::string, const Records::Line*> line_of;
  for (const Records::Line& line : records.lines) line_of[line.name] = &line;
  const double slack_s = result.time_s * 1e-9;
  std::map<DeviceIndex, double> device_end_s;
  std::map<RouteIndex, double> route_end_s;
  double sum_s = 0, longest_s = 0, energy_J = 0;
  std::vector<double> path_s;
  for (const EventTasks& event : script.events) {
    const Task& task = event.tasks[0];
    const Records::Line& line = *line_of[event.event.name.str()];
    double path = 0;
    for (const TaskId before : task.after) {
      if (line.start_s < line_of["e" + std::to_string(before)]->end_s - slack_s) return "a task started too early";
      path = std::max(path, path_s[before]);
    }
    const double own_s = task.kind == Task::Kind::Compute ? task.demand.time_s() : 0;
    path_s.push_back(path + own_s);
    sum_s += own_s;
    longest_s = std::max(longest_s, path_s.back());
    energy_J += line.cost.energy.total_J();
    if (task.kind == Task::Kind::Join && line.end_s != line.start_s) return "a join took time";
    if (task.kind == Task::Kind::Compute) {
      if (!prefetch && std::abs(line.end_s - line.start_s - own_s) > slack_s) return "a task took another time";
      if (line.start_s < device_end_s[task.device] - slack_s) return "a device did two tasks at once or out of order";
      device_end_s[task.device] = line.end_s;
    } else if (task.kind == Task::Kind::Transfer) {
      if (line.start_s < route_end_s[task.route] - slack_s) return "a route did two transfers at once or out of order";
      route_end_s[task.route] = line.end_s;
    }
  }
  if (ideal_links && result.time_s > sum_s + slack_s) return "longer than all tasks one after the other";
  if (!prefetch && result.time_s < longest_s - slack_s) return "shorter than the longest path";
  double idle_J = 0;
  for (const DeviceResult& device : result.devices) {
    idle_J += device.energy.idle_J;
    for (const double busy_s : {device.busy.compute_s, device.busy.mem_transfer_s, device.busy.host_to_device_s,
                                device.busy.device_to_host_s, device.busy.device_to_device_s})
      if (busy_s > result.time_s + slack_s) return "busy for longer than the run lasts";
  }
  if (std::abs(idle_J - (0 + 1 + 2 + 3) * result.time_s) > 1e-9 * idle_J) return "idle power over another time";
  if (std::abs(result.energy_J() - idle_J - energy_J) > 1e-9 * energy_J) return "energy differs from the formulas";
  for (std::size_t i = 0; i < result.links.size() && !ideal_links; ++i) {
    const LinkSpec& link = cluster.machine.platform.links[i];
    const double expected_J = result.links[i].total_moved_B() * link.energy_J_per_byte();
    if (std::abs(result.links[i].total_energy_J() - expected_J) > 1e-9 * expected_J) return "energy of " + link.name;
    if (result.links[i].total_moved_B() > link.bandwidth_Bps * (result.time_s + slack_s)) return "rate of " + link.name;
  }
  return "kept";
}

/// How long the unit, arithmetic or memory, of a device is busy that is busy longest.
double busiest_s(const Script& script, std::size_t devices) {
  std::vector<double> compute_s(devices), memory_s(devices);
  for (const EventTasks& event : script.events)
    for (const Task& task : event.tasks)
      for (const Step& step : task.demand) {
        compute_s[task.device] += step.compute.time_s;
        memory_s[task.device] += step.memory.time_s + step.kv.time_s;
      }
  return std::max(*std::max_element(compute_s.begin(), compute_s.end()),
                  *std::max_element(memory_s.begin(), memory_s.end()));
}

/// Time, and energy without that of idle devices.
std::pair<double, double> fetched(unsigned seed, const std::optional<FetchRules>& fetch) {
  const std::string text = in_child([&] {
    Cluster cluster;
    Script script;
    random_tasks(cluster, seed, true, script);
    const SimulationResult result = test::run(script, cluster.machine.platform, nullptr, true, true, fetch);
    const double idle_J = result.phases[0].energy.idle_J + result.phases[1].energy.idle_J;
    return number_text(result.time_s) + " " + number_text(result.energy_J() - idle_J);
  });
  std::pair<double, double> numbers;
  std::istringstream(text) >> numbers.first >> numbers.second;
  return numbers;
}

/// All numbers of a run, to the last digit.
std::string numbers(unsigned seed) {
  Cluster cluster;
  Script script;
  random_tasks(cluster, seed, true, script);
  Records records;
  const SimulationResult result =
      test::run(script, cluster.machine.platform, &records, false, true, FetchRules::one_task());
  std::ostringstream text;
  const auto put = [&](double value) { text << number_text(value) << ' '; };
  put(result.time_s);
  for (const PhaseResult& phase : result.phases) {
    put(phase.energy.total_J());
    put(phase.busy.device_to_device_s);
  }
  for (const LinkResult& link : result.links) put(link.total_energy_J());
  for (const DeviceResult& device : result.devices) put(device.energy.total_J());
  for (const Records::Line& line : records.lines) {
    text << line.name << ' ';
    put(line.start_s);
    put(line.end_s);
  }
  return text.str();
}

}  // namespace

TEST(TaskProperty, RandomTasksKeepTheLaws) {
  for (unsigned seed = 0; seed < 60; ++seed)
    for (const bool ideal_links : {false, true})
      for (const bool prefetch : {false, true})
        EXPECT_EQ("kept", in_child([&] { return broken_law(seed, prefetch, ideal_links); }))
            << "seed " << seed << ", ideal links " << ideal_links << ", prefetch " << prefetch;
}

/// Where transfers do not slow each other down, whatever ends earlier makes nothing else later.
TEST(TaskProperty, MoreThatIsFetchedAheadIsNeverSlower) {
  int faster = 0;
  for (unsigned seed = 200; seed < 240; ++seed) {
    Cluster cluster;
    Script script;
    random_tasks(cluster, seed, true, script);
    const auto [without_s, energy_J] = fetched(seed, std::nullopt);
    double last_s = without_s;
    const auto expect_not_slower = [&](const FetchRules& rules, double than_s, const std::string& what) {
      const auto [time_s, its_energy_J] = fetched(seed, rules);
      EXPECT_LE(time_s, than_s * (1 + 1e-12)) << "seed " << seed << ", " << what;
      EXPECT_GE(time_s, busiest_s(script, cluster.machine.platform.devices.size()) * (1 - 1e-12)) << "seed " << seed;
      EXPECT_NEAR(its_energy_J, energy_J, 1e-9 * energy_J) << "seed " << seed;
      return time_s;
    };
    // Weights are of up to 10 MB.
    for (const double buffer_MB : {0.01, 1.0, 3.0, 5.0, 10.0, 20.0, 1e9}) {
      const double time_s =
          expect_not_slower(FetchRules::of_buffer(buffer_MB * 1e6), last_s, std::to_string(buffer_MB) + " MB");
      faster += time_s < last_s ? 1 : 0;
      last_s = time_s;
    }
    const double one_s = expect_not_slower(FetchRules::one_task(), without_s, "one task ahead");
    EXPECT_LE(last_s, one_s * (1 + 1e-12)) << "seed " << seed;
  }
  EXPECT_GT(faster, 100);
}

TEST(TaskProperty, TheSameTasksGiveTheSameNumbersTwice) {
  for (unsigned seed = 100; seed < 105; ++seed) {
    const std::string first = in_child([&] { return numbers(seed); });
    EXPECT_GT(first.size(), 1000U);
    EXPECT_EQ(first, in_child([&] { return numbers(seed); }));
  }
}
