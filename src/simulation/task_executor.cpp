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
#include "simulation/shared_links.hpp"
#include "simulation/task_graph.hpp"
#include "util/error.hpp"

namespace upmem_des {

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
  void end(TaskId id) override;

 private:
  void plan_all();
  void plan(EventTasks tasks);
  void check(const Task& task) const;
  TaskStream& stream_of(const Task& task);
  void end_all(std::vector<TaskId> ended);
  void end_run();
  bool window_is_full() const;

  // The planner goes on when so many places are free: a wake-up for each would cost more than the planning.
  static constexpr std::int64_t refill = 1024;

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
  Crew crew_;
  Gate has_room_;
  std::vector<std::unique_ptr<TaskStream>> device_streams_;
  std::vector<std::unique_ptr<TaskStream>> route_streams_;
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
  for (auto* streams : {&device_streams_, &route_streams_})
    for (const std::unique_ptr<TaskStream>& stream : *streams)
      if (stream != nullptr) stream->notify();
  end_run();
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
    std::unique_ptr<TaskStream>& stream = device_streams_[task.device];
    if (stream == nullptr) stream = std::make_unique<DeviceStream>(task.device, machine_, activities_, *this, crew_);
    return *stream;
  }
  std::unique_ptr<TaskStream>& stream = route_streams_[task.route];
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
  std::vector<TaskId> joins;
  for (Task& planned : event.tasks.tasks) {
    const TaskGraph::Node& node = graph_.add(std::move(planned), event);
    if (node.task.kind == Task::Kind::Join) {
      if (node.pending == 0) joins.push_back(node.task.id);
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
  end_all(std::move(joins));
}

std::int64_t TaskExecutor::Impl::step(TaskId id) const {
  const EventTasks& tasks = graph_.at(id).event->tasks;
  return tasks.is_event ? tasks.event.step : -1;
}

void TaskExecutor::Impl::start(TaskId id) {
  const TaskGraph::Node& node = graph_.at(id);
  ledger_.start(*node.event);
  if (!timeline_) return;
  const bool costs = node.task.kind == Task::Kind::Transfer && !options_.ideal_links;
  const double energy_J = costs ? routes_[node.task.route].energy_J_per_byte.total_J() * node.task.bytes : 0;
  timeline_->start(node.task, node.event->tasks, energy_J);
}

void TaskExecutor::Impl::end(TaskId id) {
  if (timeline_) timeline_->end(id);
  end_all({id});
}

void TaskExecutor::Impl::end_all(std::vector<TaskId> ended) {
  if (ended.empty()) return;
  std::vector<TaskStream*> streams;
  std::vector<TaskId> ready;
  bool prefill_ends = false;
  // Joins end at once, and may let further joins end: `ended` grows.
  for (std::size_t i = 0; i < ended.size(); ++i) {
    TaskGraph::Node& node = graph_.at(ended[i]);
    EventEntry& event = *node.event;
    if (node.task.kind == Task::Kind::Join) {
      ledger_.start(event);
      prefill_ends = prefill_ends || node.task.ends_prefill;
    }
    ready.clear();
    graph_.end(ended[i], ready);
    ledger_.end(event);
    for (const TaskId id : ready) {
      const Task& next = graph_.at(id).task;
      if (next.kind == Task::Kind::Join)
        ended.push_back(id);
      else
        streams.push_back(&stream_of(next));
    }
  }
  const bool is_end = all_planned_ && graph_.size() == 0;
  if (prefill_ends && options_.on_prefill_end) options_.on_prefill_end();
  for (TaskStream* stream : streams) stream->notify();
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
  if (!has_ended_) throw SimulationError(deadlock_report(graph_, {device_streams_, route_streams_}));
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

void TaskExecutor::fill(SimulationResult& result) const {
  impl_->fill(result);
}

}  // namespace upmem_des
