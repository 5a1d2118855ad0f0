#include "task_bench.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "platform/generated_platform.hpp"
#include "trace/event_steps.hpp"

namespace upmem_des::test {

Demand share_cost(const LayerEvent& event, const Architecture& device, const CostState& /*state*/) {
  if (event.type != "Linear" || !event.weight_shape) return Demand(product(device, event.output_shape.elements(), 0));
  const auto in = static_cast<double>((*event.weight_shape)[0]);
  const auto out = static_cast<double>((*event.weight_shape)[1]);
  const double rows = event.input_shape.elements() / in;
  if (rows == 0) return {};
  return Demand(product(device, 2 * rows * in * out, 2 * in * out));
}

PlatformSpec star(std::size_t devices, bool mesh, bool broadcast) {
  std::vector<Architecture> profiles{device("HOST")};
  const char* const names[] = {"A", "B", "C", "D", "E", "F", "G", "H"};
  for (std::size_t i = 0; i < devices; ++i) profiles.push_back(device(names[i]));
  const FixedCost model(share_cost);
  PlatformSpec platform = generate_platform(
      profiles, [&](const Architecture& profile) { return model.ratings(profile); }, false);
  if (mesh)
    for (DeviceIndex from = 1; from <= devices; ++from)
      for (DeviceIndex to = 1; to <= devices; ++to) {
        if (from == to) continue;
        LinkSpec link;
        link.name = platform.devices[from].name + "-" + platform.devices[to].name;
        link.bandwidth_Bps = 20e9;
        link.power_W = 20e9 * 1e-12;
        link.role = LinkRole::DeviceToDevice;
        platform.links.push_back(link);
        platform.routes.push_back({from, {to}, {platform.links.size() - 1}});
      }
  if (broadcast) {
    RouteSpec route;
    for (DeviceIndex to = 1; to <= devices; ++to) {
      route.to.push_back(to);
      route.links.push_back(platform.routes[*platform.devices[to].from_host].links.front());
    }
    platform.routes.push_back(route);
  }
  return platform;
}

TaskBench::TaskBench(PlatformSpec platform, CostModel* model)
    : platform_(std::move(platform)),
      fixed_(share_cost),
      model_(model != nullptr ? *model : fixed_),
      rules(platform_, mapping, model_) {
  rules.last_layer = Name("head");
}

namespace {

/// Steps of a source, with parts.
class StepsInParts : public CallSource {
 public:
  StepsInParts(CallSource& source, const std::vector<std::vector<LayerEvent>>& parts)
      : source_(source), parts_(parts) {}

  Answer next(const Progress& progress, StepCalls& step) override {
    const Answer answer = source_.next(progress, step);
    if (answer.kind != Answer::Kind::Step) return answer;
    step.parts.assign(parts_.size(), step.calls);
    for (std::size_t part = 0; part < parts_.size(); ++part)
      for (std::size_t i = 0; i < step.size(); ++i)
        step.parts[part][step.sequence->sites[i].call] = call_of(parts_[part][i]);
    return answer;
  }

 private:
  CallSource& source_;
  const std::vector<std::vector<LayerEvent>>& parts_;
};

}  // namespace

void TaskBench::plan(std::vector<LayerEvent> list) {
  plan(std::move(list), {});
}

void TaskBench::plan(std::vector<LayerEvent> list, const std::vector<std::vector<LayerEvent>>& parts) {
  for (std::size_t i = 0; i < list.size(); ++i) list[i].seq = static_cast<std::int64_t>(i);
  ListSource source(std::move(list));
  EventSteps of_events(source);
  StepsInParts steps(of_events, parts);
  const CollectiveTable collectives(platform_, mapping.groups(), rules.bytes_per_element, fixed);
  rules.collectives = &collectives;
  TaskPlanner planner(steps, rules);
  PlannedStep step;
  std::map<std::pair<int, std::size_t>, double> free_s;  // by kind and stream
  Progress progress;
  while (next_at_once(planner, progress, step))
    for (std::size_t i = 0; i < step.plan->events.size(); ++i) add(step.event(i), free_s);
}

void TaskBench::add(const EventTasks& planned, std::map<std::pair<int, std::size_t>, double>& free_s) {
  for (const Task& task : planned.tasks) {
    TimedTask timed{task, 0, 0};
    for (const TaskId after : task.after)
      timed.start_s = std::max(timed.start_s, tasks.at(static_cast<std::size_t>(after)).end_s);
    double length_s = 0;
    if (task.kind == Task::Kind::Compute) length_s = task.demand.time_s();
    if (task.kind == Task::Kind::Transfer) {
      const RouteSpec& route = platform_.routes[task.route];
      length_s = task.bytes / platform_.bandwidth_Bps(route) + task.latency_s;
    }
    if (task.kind != Task::Kind::Join) {
      const bool computes = task.kind == Task::Kind::Compute;
      double& free = free_s[{computes ? 0 : 1, computes ? task.device : task.route}];
      timed.start_s = std::max(timed.start_s, free);
      free = timed.start_s + length_s;
    }
    timed.end_s = timed.start_s + length_s;
    end_s = std::max(end_s, timed.end_s);
    tasks.push_back(timed);
  }
  events.push_back(planned);
}

double TaskBench::event_end_s(std::size_t event) const {
  double end = 0;
  for (const Task& task : events.at(event).tasks)
    if (task.kind == Task::Kind::Compute) end = std::max(end, tasks[static_cast<std::size_t>(task.id)].end_s);
  return end;
}

double TaskBench::moved_B(DeviceIndex from, DeviceIndex to) const {
  double bytes = 0;
  for (const TimedTask& timed : tasks)
    if (timed.task.kind == Task::Kind::Transfer) {
      const RouteSpec& route = platform_.routes[timed.task.route];
      if (route.is_collective()) continue;
      if (route.from == from && !route.broadcast() && route.to.front() == to) bytes += timed.task.bytes;
    }
  return bytes;
}

std::string TaskBench::text(const Task& task) const {
  const RouteSpec& route = platform_.routes[task.route];
  if (route.is_collective()) return route.collective + " " + std::to_string(std::lround(task.bytes));
  const std::string to = route.broadcast() ? "all" : platform_.devices[route.to.front()].name;
  return platform_.devices[route.from].name + ">" + to + " " + std::to_string(std::lround(task.bytes));
}

std::vector<std::string> TaskBench::transfers_of(std::size_t event) const {
  std::vector<std::string> lines;
  for (const Task& task : events.at(event).tasks)
    if (task.kind == Task::Kind::Transfer) lines.push_back(text(task));
  return lines;
}

std::vector<std::string> TaskBench::transfers() const {
  std::vector<std::string> lines;
  for (const TimedTask& timed : tasks)
    if (timed.task.kind == Task::Kind::Transfer) lines.push_back(text(timed.task));
  return lines;
}

MapTarget on(std::vector<DeviceIndex> devices, Split split) {
  MapTarget target;
  target.devices = std::move(devices);
  target.split = split;
  return target;
}

LayerEvent linear(const char* name, std::int64_t rows, std::int64_t in, std::int64_t out,
                  std::vector<std::int64_t> deps) {
  LayerEvent event = layer(name, {rows, in}, {rows, out});
  event.deps = std::move(deps);
  return event;
}

LayerEvent attention(const Shape& keys, std::int64_t new_rows, std::int64_t step) {
  LayerEvent event;
  event.kind = EventKind::Function;
  event.type = Name("scaled_dot_product_attention");
  event.name = Name("attn_output");
  event.input_shape = event.output_shape = keys;
  event.output_shape[keys.rank() - 2] = new_rows;
  event.step = step;
  event.phase = step == 0 ? Phase::Prefill : Phase::Decode;
  return event;
}

LayerEvent head(std::int64_t batch, std::int64_t rows, std::int64_t step) {
  LayerEvent event = layer("head", {batch, rows, 10}, {batch, rows, 10});
  event.step = step;
  event.phase = step == 0 ? Phase::Prefill : Phase::Decode;
  return event;
}

}  // namespace upmem_des::test
