#include "simulation/task_executor.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
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
#include "simulation/task_check.hpp"
#include "simulation/task_graph.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

double now_s() {
  return simgrid::s4u::Engine::get_clock();
}

/// What of a machine has its own actor, by index; null where there is none.
struct StreamLists {
  std::vector<TaskStream*> devices;
  std::vector<TaskStream*> routes;
};

class GraphOfTasks : public WaitGraph {
 public:
  GraphOfTasks(const TaskGraph& graph, StreamLists streams) : graph_(graph), streams_(std::move(streams)) {}

  Found find(TaskId id) const override {
    const TaskGraph::Node& node = graph_.at(id);
    if (node.state == TaskGraph::Node::State::Missing) return {};
    return {&node.task, &node.event->tasks};
  }
  std::optional<TaskId> held_back_by(TaskId id) const override { return graph_.held_back_by(id); }
  const std::string& stream_name(const Task& task) const override {
    return (task.kind == Task::Kind::Compute ? streams_.devices[task.device] : streams_.routes[task.route])->name();
  }
  std::vector<TaskId> heads() const override {
    std::vector<TaskId> heads;
    for (const auto* list : {&streams_.devices, &streams_.routes})
      for (const TaskStream* stream : *list)
        if (stream != nullptr && stream->head()) heads.push_back(*stream->head());
    return heads;
  }
  std::vector<TaskId> joins() const override {
    std::vector<TaskId> joins;
    graph_.for_each([&](const TaskGraph::Node& node) {
      if (node.state == TaskGraph::Node::State::Planned) joins.push_back(node.task.id);
    });
    return joins;
  }

 private:
  const TaskGraph& graph_;
  StreamLists streams_;
};

}  // namespace

/// Whatever asks SimGrid for something (a gate that opens, an actor that is made) may let other actors run before it
/// returns. So each change of the tasks is complete before the first such call.
class TaskExecutor::Impl : public TaskDesk {
 public:
  Impl(StepFeed& feed, const Machine& machine, const RouteFigureTable& routes, RunSums& sums, PeakPower& peaks,
       Options options);

  void start();
  void check() const;

  const Task& task(TaskId id) const override { return graph_.at(id).task; }
  Phase phase(TaskId id) const override { return graph_.at(id).event->tasks.phase; }
  bool ready(TaskId id) const override { return graph_.ready(id); }
  bool all_planned() const override { return all_planned_; }
  std::int64_t step(TaskId id) const override;
  TaskTimeline* timeline() override { return timeline_ ? &*timeline_ : nullptr; }
  PeakPower& peaks() override { return peaks_; }
  DeviceTimes& device_times() override { return sums_.device_times(); }
  void start(TaskId id) override;
  void end(const EndedTask& task) override;

 private:
  /// What may go on when tasks have ended.
  struct Released {
    std::vector<TaskStream*> streams;
    bool prefill_ends = false;
  };

  void plan_all();
  double pause(double until_s);
  void plan(EventTasks tasks);
  void queue_decided();
  TaskStream& stream_of(const Task& task);
  StreamLists streams() const;
  void end_one(const EndedTask& task, Released& released);
  void end_all(const std::vector<EndedTask>& ended);
  void end_run();
  bool has_room();

  StepFeed& feed_;
  const Machine& machine_;
  Options options_;
  const RouteFigureTable& routes_;
  RunSums& sums_;
  PeakPower& peaks_;
  ClockPrecision precision_;
  std::optional<TaskTimeline> timeline_;
  Activities activities_;
  SharedLinks links_;
  EventLedger ledger_;
  TaskGraph graph_;
  Crew crew_;
  Gate has_room_;
  struct PlannedAhead {
    TaskId next_id = 0;
    std::int64_t size = 0;
  };
  std::deque<PlannedAhead> steps_;  // that have not ended
  std::int64_t planned_ = 0;        // their sizes
  std::int64_t steps_gone_ = 0;     // steps that have ended, and all before them
  std::int64_t pauses_ = 0;         // with a time to wait until
  std::int64_t rung_ = 0;           // the latest of these whose time has come
  std::vector<std::unique_ptr<DeviceStream>> device_streams_;
  std::vector<std::unique_ptr<RouteStream>> route_streams_;
  bool all_planned_ = false;
  bool has_ended_ = false;
};

TaskExecutor::Impl::Impl(StepFeed& feed, const Machine& machine, const RouteFigureTable& routes, RunSums& sums,
                         PeakPower& peaks, Options options)
    : feed_(feed),
      machine_(machine),
      options_(std::move(options)),
      routes_(routes),
      sums_(sums),
      peaks_(peaks),
      timeline_(options_.watcher != nullptr ? std::optional<TaskTimeline>(*options_.watcher) : std::nullopt),
      activities_(machine, precision_),
      links_(machine, routes_, precision_, peaks, timeline()),
      ledger_(machine.spec().devices.size(), sums, options_.observer),
      has_room_(crew_),
      device_streams_(machine.spec().devices.size()),
      route_streams_(machine.spec().routes.size()) {}

void TaskExecutor::Impl::start() {
  crew_.start_actor("planner", machine_.host().arithmetic, [this] { plan_all(); });
}

/// Forgets the steps that have ended.
bool TaskExecutor::Impl::has_room() {
  while (!steps_.empty() && steps_.front().next_id <= graph_.first_id()) {
    planned_ -= steps_.front().size;
    steps_.pop_front();
    ++steps_gone_;
  }
  return StepFeed::has_room(steps_.size(), planned_);
}

void TaskExecutor::Impl::plan_all() {
  PlannedStep step;
  double time_s = now_s();
  while (!crew_.stopped()) {
    const Answer answer = feed_.next({std::max(time_s, now_s()), steps_gone_}, step);
    if (answer.kind == Answer::Kind::End) break;
    if (answer.kind == Answer::Kind::Wait) {
      time_s = pause(answer.until_s);
      continue;
    }
    steps_.push_back({step.first_id + step.plan->next_id - step.plan->first_id, step.plan->size()});
    planned_ += step.plan->size();
    for (std::size_t i = 0; i < step.plan->events.size(); ++i) plan(step.event(i));
    if (options_.decided != nullptr) queue_decided();
    while (!has_room())
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

/// Waits until a time, or until a further step has ended. Gives the time that it is then, which SimGrid's clock may
/// reach a digit short.
double TaskExecutor::Impl::pause(double until_s) {
  has_room();
  const std::int64_t gone = steps_gone_;
  bool is_time = false;
  if (std::isfinite(until_s))
    crew_.start_actor("clock", machine_.host().arithmetic, [this, until_s, pause = ++pauses_] {
      activities_.sleep_until(until_s);
      rung_ = std::max(rung_, pause);
      has_room_.open();
    });
  else if (graph_.size() == 0)
    throw SimulationError(nothing_to_wait_for);
  while (!is_time && steps_gone_ == gone) {
    if (!has_room_.wait()) break;
    has_room();
    is_time = std::isfinite(until_s) && rung_ == pauses_;
  }
  return is_time ? std::max(now_s(), until_s) : now_s();
}

StreamLists TaskExecutor::Impl::streams() const {
  StreamLists lists;
  for (const auto& stream : device_streams_) lists.devices.push_back(stream.get());
  for (const auto& stream : route_streams_) lists.routes.push_back(stream.get());
  return lists;
}

TaskStream& TaskExecutor::Impl::stream_of(const Task& task) {
  if (task.kind == Task::Kind::Compute) {
    std::unique_ptr<DeviceStream>& stream = device_streams_[task.device];
    if (stream == nullptr)
      stream = std::make_unique<DeviceStream>(task.device, machine_, activities_, *this, crew_, options_.fetch);
    return *stream;
  }
  std::unique_ptr<RouteStream>& stream = route_streams_[task.route];
  if (stream == nullptr) {
    const RouteStream::Means means{activities_, links_, sums_, routes_, options_.ideal_links};
    stream = std::make_unique<RouteStream>(task.route, means, *this, crew_);
  }
  return *stream;
}

void TaskExecutor::Impl::plan(EventTasks tasks) {
  for (const Task& task : tasks.tasks) check_work(task, machine_.spec());
  EventEntry& event = ledger_.plan(std::move(tasks), now_s());
  std::vector<TaskStream*> streams;
  std::vector<EndedTask> joins;
  for (Task& planned : event.tasks.tasks) {
    const TaskGraph::Node& node = graph_.add(std::move(planned), event);
    if (node.task.kind == Task::Kind::Join) {
      if (node.pending == 0) joins.push_back({node.task.id, now_s(), now_s(), 0});
      continue;
    }
    if (options_.decided != nullptr) continue;
    TaskStream& stream = stream_of(node.task);
    stream.add(node.task.id);
    if (streams.empty() || streams.back() != &stream) streams.push_back(&stream);
  }
  event.tasks.tasks = {};
  for (TaskStream* stream : streams) {
    stream->start(machine_.host().arithmetic);
    stream->notify();
  }
  end_all(joins);
}

void TaskExecutor::Impl::queue_decided() {
  std::vector<TaskStream*> streams;
  for (const TaskId id : options_.decided->take_decided()) {
    TaskStream& stream = stream_of(graph_.at(id).task);
    stream.add(id);
    if (streams.empty() || streams.back() != &stream) streams.push_back(&stream);
  }
  for (TaskStream* stream : streams) {
    stream->start(machine_.host().arithmetic);
    stream->notify();
  }
}

std::int64_t TaskExecutor::Impl::step(TaskId id) const {
  const EventTasks& tasks = graph_.at(id).event->tasks;
  return tasks.is_event ? tasks.event.step : -1;
}

void TaskExecutor::Impl::start(TaskId id) {
  const TaskGraph::Node& node = graph_.at(id);
  ledger_.start(*node.event, node.task.purpose, now_s());
  if (!timeline_) return;
  const bool costs = node.task.kind == Task::Kind::Transfer && !options_.ideal_links;
  const double energy_J = costs ? routes_[node.task.route].energy_J_per_byte.total_J() * node.task.bytes : 0;
  timeline_->start(node.task, node.event->tasks, energy_J, now_s());
}

void TaskExecutor::Impl::end(const EndedTask& task) {
  if (timeline_) timeline_->end(task.id, now_s());
  end_all({task});
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
    const bool is_join = node.task.kind == Task::Kind::Join;
    const char* const purpose = node.task.purpose;
    ready.clear();
    graph_.end(ended.id, ready);
    if (is_join)
      ledger_.end_join(event, ended.end_s);
    else
      ledger_.end(event, purpose, ended);
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
  if (has_room_.waiting() && has_room()) has_room_.open();
  if (is_end) end_run();
}

void TaskExecutor::Impl::end_run() {
  if (!all_planned_ || graph_.size() > 0 || has_ended_) return;
  has_ended_ = true;
  if (options_.on_end) options_.on_end();
}

void TaskExecutor::Impl::check() const {
  crew_.rethrow();
  if (!has_ended_) throw SimulationError(deadlock_report(GraphOfTasks(graph_, streams())));
}

TaskExecutor::TaskExecutor(StepFeed& feed, const Machine& machine, const RouteFigureTable& routes, RunSums& sums,
                           PeakPower& peaks, Options options)
    : impl_(std::make_unique<Impl>(feed, machine, routes, sums, peaks, std::move(options))) {}

TaskExecutor::~TaskExecutor() = default;

void TaskExecutor::start() {
  impl_->start();
}

void TaskExecutor::check() const {
  impl_->check();
}

}  // namespace upmem_des
