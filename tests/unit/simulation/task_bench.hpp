/// Machines and tasks for tests of the task executor, put together by hand.
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "simulation/simulator.hpp"
#include "support/fixed_cost.hpp"
#include "support/in_child.hpp"
#include "support/task_steps.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des::test {

/// Devices of 1 TFLOP/s at 2 W, vector unit 3 W, memory 100 GB/s at 8 W (80 pJ for a byte).
class MachineBuilder {
 public:
  MachineBuilder() { device("HOST"); }

  DeviceIndex device(const std::string& name, double idle_W = 0) {
    DeviceSpec spec;
    spec.name = name;
    spec.architecture = test::device(name.c_str());
    spec.architecture.idle_W = idle_W;
    spec.ratings = {1e12, 2, 3, 100e9, 8};
    spec.memory.name = name + ".memory";
    spec.memory.bandwidth_Bps = 100e9;
    spec.memory.power_W = 8;
    platform.devices.push_back(spec);
    return platform.devices.size() - 1;
  }

  LinkIndex link(const std::string& name, double bandwidth_Bps, double J_per_byte,
                 LinkRole role = LinkRole::HostToDevice, double latency_s = 0) {
    LinkSpec spec;
    spec.name = name;
    spec.bandwidth_Bps = bandwidth_Bps;
    spec.latency_s = latency_s;
    spec.power_W = J_per_byte * bandwidth_Bps;
    spec.role = role;
    platform.links.push_back(spec);
    return platform.links.size() - 1;
  }

  RouteIndex route(DeviceIndex from, std::vector<DeviceIndex> to, std::vector<LinkIndex> links) {
    platform.routes.push_back({from, std::move(to), std::move(links)});
    return platform.routes.size() - 1;
  }

  PlatformSpec platform;
};

/// Events and their tasks, with ids in the order in which they are written down.
class Script : public TaskSource {
 public:
  using After = std::vector<TaskId>;

  /// Tasks from now on belong to a new event.
  Script& event(const char* name, Phase phase = Phase::Prefill, bool counts = true) {
    EventTasks tasks;
    tasks.event = layer(name, {1}, {1});
    tasks.event.seq = static_cast<std::int64_t>(events.size());
    tasks.phase = phase;
    tasks.counts = counts;
    tasks.devices = std::string("where ") + name + " runs";
    events.push_back(tasks);
    return *this;
  }

  TaskId add(Task task, After after) {
    if (events.empty()) event("work");
    task.id = next_id++;
    task.after = std::move(after);
    events.back().tasks.push_back(std::move(task));
    return next_id - 1;
  }
  /// `weights`: the share of its first step's memory work that may be fetched before it starts.
  TaskId compute(DeviceIndex device, const Demand& demand, After after = {}, double weights = 0) {
    Task task;
    task.kind = Task::Kind::Compute;
    task.device = device;
    Step first = demand.size() > 0 ? demand[0] : Step();
    first.weight_bytes = first.memory_bytes * weights;
    task.demand = demand.size() == 0 ? demand : demand.size() == 1 ? Demand(first) : Demand(first, demand[1]);
    return add(task, std::move(after));
  }
  /// TaskSteps makes of this the latency of the route.
  TaskId transfer(RouteIndex route, double bytes, After after = {}, bool pays_latency = true) {
    Task task;
    task.kind = Task::Kind::Transfer;
    task.route = route;
    task.bytes = bytes;
    task.latency_s = pays_latency ? TaskSteps::of_route : 0;
    task.purpose = "input";
    return add(task, std::move(after));
  }
  TaskId join(After after = {}, bool ends_prefill = false) {
    Task task;
    task.ends_prefill = ends_prefill;
    return add(task, std::move(after));
  }

  bool next(EventTasks& tasks) override {
    if (at == events.size()) return false;
    tasks = events[at++];
    return true;
  }

  std::vector<EventTasks> events;
  std::size_t at = 0;
  TaskId next_id = 0;
};

/// Arithmetic of so many seconds beside memory work of so many, at full power: 2 W and 8 W.
inline Step step(double compute_s, double memory_s = 0) {
  Step step;
  step.flop = compute_s * 1e12;
  step.compute = {compute_s, compute_s * 2};
  step.memory_bytes = memory_s * 100e9;
  step.memory = {memory_s, memory_s * 8};
  return step;
}

inline Demand work(double compute_s, double memory_s = 0) {
  return Demand(step(compute_s, memory_s));
}

/// What events were recorded.
class Records : public EventObserver {
 public:
  struct Line {
    std::string name;
    std::string device;
    Phase phase;
    double start_s;
    double end_s;
    EventCost cost;
  };
  void on_event(const EventRecord& record) override {
    lines.push_back({record.event == nullptr ? "(none)" : record.event->name.str(), record.device, record.phase,
                     record.start_s, record.end_s, record.cost});
  }
  std::vector<Line> lines;
};

inline SimulationResult run(TaskSource& source, const PlatformSpec& platform, EventObserver* observer = nullptr,
                            bool ideal_links = false, bool segments = true,
                            const std::optional<FetchRules>& fetch = std::nullopt) {
  SimulationOptions options;
  options.segments = segments;
  options.observer = observer;
  options.ideal_links = ideal_links;
  options.fetch = fetch;
  TaskSteps steps(source, platform);
  return simulate(steps, platform, options);
}

}  // namespace upmem_des::test
