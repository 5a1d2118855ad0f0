#include "simulation/task_executor.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "simulation/activities.hpp"
#include "simulation/deadlock_report.hpp"
#include "simulation/device_stream.hpp"
#include "simulation/event_ledger.hpp"
#include "simulation/gate.hpp"
#include "simulation/route_stream.hpp"
#include "simulation/segment_finder.hpp"
#include "simulation/shared_links.hpp"
#include "simulation/task_graph.hpp"
#include "util/error.hpp"

namespace upmem_des {

namespace {

double now_s() {
  return simgrid::s4u::Engine::get_clock();
}

}  // namespace

/// Whatever asks SimGrid for something (a gate that opens, an actor that is made) may let other actors run before it
/// returns. So each change of the tasks is complete before the first such call.
class TaskExecutor::Impl : public TaskDesk {
 public:
  Impl(TaskSource& source, const Machine& machine, Options options);

  void start();
  void check() const;
  void fill(SimulationResult& result) const { ledger_.fill(result); }

  const Task& task(TaskId id) const override { return graph_.at(id).task; }
  Phase phase(TaskId id) const override { return graph_.at(id).event->tasks.phase; }
  bool ready(TaskId id) const override { return graph_.ready(id); }
  bool all_planned() const override { return all_planned_; }
  std::int64_t step(TaskId id) const override;
  TaskTimeline* timeline() override { return timeline_ ? &*timeline_ : nullptr; }
  void start(TaskId id) override;
  void end(const std::vector<EndedTask>& tasks) override;
  bool makes_segments() const override { return options_.segments && options_.observer == nullptr && !timeline_; }
  Segment find_segment(TaskId first, double start_s, std::deque<TaskId>& queue) override;
  void correct(EnergyMeter::Reading& reading) const;

 private:
  /// A device, and when a task of the segment that it runs will have ended.
  struct Awaited {
    DeviceIndex device = host_device;
    double ends_s = 0;
  };

  /// What may go on when tasks have ended.
  struct Released {
    std::vector<TaskStream*> streams;
    bool prefill_ends = false;
  };

  void plan_all();
  void find_awaited(const TaskGraph::Node& node, std::vector<Awaited>& awaited) const;
  void plan(EventTasks tasks);
  void check(const Task& task) const;
  TaskStream& stream_of(const Task& task);
  StreamLists streams() const;
  void end_one(const EndedTask& task, Released& released);
  void end_all(const std::vector<EndedTask>& ended);
  void end_run();
  bool window_is_full() const;

  // The planner goes on when so many places are free: a wake-up for each would cost more than the planning, and
  // segments end where it goes on.
  static constexpr std::int64_t refill = look_ahead / 4;

  TaskSource& source_;
  const Machine& machine_;
  Options options_;
  std::vector<RouteFigures> routes_;
  ClockPrecision precision_;
  std::optional<TaskTimeline> timeline_;
  Activities activities_;
  SharedLinks links_;
  EventLedger ledger_;
  TaskGraph graph_;
  SegmentFinder finder_;
  Crew crew_;
  Gate has_room_;
  std::vector<std::unique_ptr<DeviceStream>> device_streams_;
  std::vector<std::unique_ptr<RouteStream>> route_streams_;
  bool all_planned_ = false;
  bool has_ended_ = false;
};

TaskExecutor::Impl::Impl(TaskSource& source, const Machine& machine, Options options)
    : source_(source),
      machine_(machine),
      options_(std::move(options)),
      routes_(route_figures(machine.spec())),
      timeline_(options_.watcher != nullptr ? std::optional<TaskTimeline>(*options_.watcher) : std::nullopt),
      activities_(machine, precision_),
      links_(machine, routes_, precision_, timeline()),
      ledger_(machine.spec(), routes_, options_.ideal_links, options_.observer),
      finder_(graph_),
      has_room_(crew_),
      device_streams_(machine.spec().devices.size()),
      route_streams_(machine.spec().routes.size()) {}

void TaskExecutor::Impl::start() {
  crew_.start_actor("planner", machine_.host().arithmetic, [this] { plan_all(); });
}

bool TaskExecutor::Impl::window_is_full() const {
  return graph_.size() >= look_ahead || ledger_.size() >= look_ahead;
}

void TaskExecutor::Impl::plan_all() {
  EventTasks tasks;
  while (!crew_.stopped() && source_.next(tasks)) {
    plan(std::move(tasks));
    tasks = EventTasks();
    while (window_is_full())
      if (!has_room_.wait()) return;
  }
  if (crew_.stopped()) return;
  all_planned_ = true;
  const StreamLists all = streams();
  for (const auto* list : {&all.devices, &all.routes})
    for (TaskStream* stream : *list)
      if (stream != nullptr) stream->notify();
  end_run();
}

StreamLists TaskExecutor::Impl::streams() const {
  StreamLists lists;
  for (const auto& stream : device_streams_) lists.devices.push_back(stream.get());
  for (const auto& stream : route_streams_) lists.routes.push_back(stream.get());
  return lists;
}

void TaskExecutor::Impl::check(const Task& task) const {
  const auto fail = [&](const std::string& problem) {
    throw SimulationError("task " + std::to_string(task.id) + problem);
  };
  const PlatformSpec& platform = machine_.spec();
  if (task.kind == Task::Kind::Compute) {
    if (task.device >= platform.devices.size()) fail(" runs on a device that does not exist");
    if (!(task.prefetch_share >= 0 && task.prefetch_share <= 1)) fail(" fetches a share that is not from 0 to 1");
  } else if (task.kind == Task::Kind::Transfer) {
    if (task.route >= platform.routes.size()) fail(" takes a route that does not exist");
    if (!(task.bytes > 0)) fail(" transfers no bytes");
  }
}

TaskStream& TaskExecutor::Impl::stream_of(const Task& task) {
  if (task.kind == Task::Kind::Compute) {
    std::unique_ptr<DeviceStream>& stream = device_streams_[task.device];
    if (stream == nullptr) stream = std::make_unique<DeviceStream>(task.device, machine_, activities_, *this, crew_);
    return *stream;
  }
  std::unique_ptr<RouteStream>& stream = route_streams_[task.route];
  if (stream == nullptr) {
    const RouteStream::Means means{activities_, links_, ledger_, routes_, options_.ideal_links};
    stream = std::make_unique<RouteStream>(task.route, means, *this, crew_);
  }
  return *stream;
}

void TaskExecutor::Impl::plan(EventTasks tasks) {
  for (const Task& task : tasks.tasks) check(task);
  EventEntry& event = ledger_.plan(std::move(tasks));
  std::vector<TaskStream*> streams;
  std::vector<EndedTask> joins;
  std::vector<Awaited> awaited;
  for (Task& planned : event.tasks.tasks) {
    const TaskGraph::Node& node = graph_.add(std::move(planned), event);
    find_awaited(node, awaited);
    if (node.task.kind == Task::Kind::Join) {
      if (node.pending == 0) joins.push_back({node.task.id, now_s(), now_s(), 0});
      continue;
    }
    TaskStream& stream = stream_of(node.task);
    stream.add(node.task.id);
    if (streams.empty() || streams.back() != &stream) streams.push_back(&stream);
  }
  event.tasks.tasks = {};
  for (TaskStream* stream : streams) {
    stream->start(machine_.host().arithmetic);
    stream->notify();
  }
  for (const Awaited& awaits : awaited) device_streams_[awaits.device]->tell_end(awaits.ends_s);
  end_all(joins);
}

/// The planner finds room at the times at which it would if tasks ended one by one: a segment ends with the last of the
/// tasks that it waits for, or that it will wait for when it has filled the window. And the newest task of a stream is
/// no part of a segment while others may follow, as their weights would be fetched while that task runs.
Segment TaskExecutor::Impl::find_segment(TaskId first, double start_s, std::deque<TaskId>& queue) {
  if (all_planned_) return finder_.find(first, start_s, queue, graph_.next_id(), 0);
  const TaskId awaited = graph_.next_id() - (look_ahead - refill);
  const TaskId limit = !has_room_.waiting() ? graph_.first_id() + refill : first < awaited ? awaited : awaited + refill;
  return finder_.find(first, start_s, queue, limit, 1);
}

void TaskExecutor::Impl::find_awaited(const TaskGraph::Node& node, std::vector<Awaited>& awaited) const {
  for (const TaskId before : node.task.after) {
    if (graph_.ended(before)) continue;
    const TaskGraph::Node& awaits = graph_.at(before);
    const bool is_here = node.task.kind == Task::Kind::Compute && node.task.device == awaits.segment_of;
    if (awaits.in_segment() && !is_here) awaited.push_back({awaits.segment_of, awaits.ends_s});
  }
}

void TaskExecutor::Impl::correct(EnergyMeter::Reading& reading) const {
  for (DeviceIndex i = 0; i < device_streams_.size(); ++i)
    if (device_streams_[i] != nullptr) reading.devices[i] += device_streams_[i]->drawn_beyond_segment();
}

std::int64_t TaskExecutor::Impl::step(TaskId id) const {
  const EventTasks& tasks = graph_.at(id).event->tasks;
  return tasks.is_event ? tasks.event.step : -1;
}

void TaskExecutor::Impl::start(TaskId id) {
  const TaskGraph::Node& node = graph_.at(id);
  ledger_.start(*node.event, now_s());
  if (!timeline_) return;
  const bool costs = node.task.kind == Task::Kind::Transfer && !options_.ideal_links;
  const double energy_J = costs ? routes_[node.task.route].energy_J_per_byte.total_J() * node.task.bytes : 0;
  timeline_->start(node.task, node.event->tasks, energy_J);
}

void TaskExecutor::Impl::end(const std::vector<EndedTask>& tasks) {
  if (timeline_)
    for (const EndedTask& task : tasks) timeline_->end(task.id);
  end_all(tasks);
}

/// Ends a task, and at the same time the joins that wait for nothing else.
void TaskExecutor::Impl::end_one(const EndedTask& task, Released& released) {
  std::vector<TaskId> ending{task.id};
  std::vector<TaskId> ready;
  for (std::size_t i = 0; i < ending.size(); ++i) {
    const EndedTask ended = i == 0 ? task : EndedTask{ending[i], task.end_s, task.end_s, 0};
    TaskGraph::Node& node = graph_.at(ended.id);
    EventEntry& event = *node.event;
    if (node.task.ends_prefill) released.prefill_ends = true;
    ledger_.start(event, ended.start_s);
    ready.clear();
    graph_.end(ended.id, ready);
    ledger_.end(event, ended);
    for (const TaskId id : ready) {
      const Task& next = graph_.at(id).task;
      if (next.kind == Task::Kind::Join)
        ending.push_back(id);
      else
        released.streams.push_back(&stream_of(next));
    }
  }
}

void TaskExecutor::Impl::end_all(const std::vector<EndedTask>& ended) {
  if (ended.empty()) return;
  Released released;
  for (const EndedTask& task : ended) end_one(task, released);
  const bool is_end = all_planned_ && graph_.size() == 0;
  if (released.prefill_ends && options_.on_prefill_end) options_.on_prefill_end();
  for (TaskStream* stream : released.streams) stream->notify();
  if (has_room_.waiting() && graph_.size() <= look_ahead - refill && ledger_.size() <= look_ahead - refill)
    has_room_.open();
  if (is_end) end_run();
}

void TaskExecutor::Impl::end_run() {
  if (!all_planned_ || graph_.size() > 0 || has_ended_) return;
  has_ended_ = true;
  if (options_.on_end) options_.on_end();
}

void TaskExecutor::Impl::check() const {
  crew_.rethrow();
  if (!has_ended_) throw SimulationError(deadlock_report(graph_, streams()));
}

TaskExecutor::TaskExecutor(TaskSource& source, const Machine& machine, Options options)
    : impl_(std::make_unique<Impl>(source, machine, std::move(options))) {}

TaskExecutor::~TaskExecutor() = default;

void TaskExecutor::start() {
  impl_->start();
}

void TaskExecutor::check() const {
  impl_->check();
}

void TaskExecutor::correct(EnergyMeter::Reading& reading) const {
  impl_->correct(reading);
}

void TaskExecutor::fill(SimulationResult& result) const {
  impl_->fill(result);
}

}  // namespace upmem_des
