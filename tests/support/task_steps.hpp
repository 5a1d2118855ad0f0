/// Tasks that are written down event by event, as steps.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>

#include "plan/tasks/step_feed.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des::test {

/// A stream of tasks, read once.
class TaskSource {
 public:
  TaskSource() = default;
  TaskSource(const TaskSource&) = delete;
  TaskSource& operator=(const TaskSource&) = delete;
  virtual ~TaskSource() = default;

  /// Overwrites `tasks` with those of the next event; false at the end.
  virtual bool next(EventTasks& tasks) = 0;
};

/// Events of one step that follow each other are planned together, or a part of them where they are many.
class TaskSteps : public StepFeed {
 public:
  /// A step has at most so many events and tasks, and more only where one event brings them.
  static constexpr std::size_t largest = 4096;

  /// In place of a transfer's latency: that of its route.
  static constexpr double of_route = -1;

  /// References outlive this.
  TaskSteps(TaskSource& source, const PlatformSpec& platform) : source_(source), platform_(platform) {}

  Answer next(const Progress& /*progress*/, PlannedStep& step) override {
    auto plan = std::make_shared<StepPlan>();
    plan->first_id = plan->next_id = next_id_;
    std::size_t tasks = 0;
    while (tasks < largest && plan->events.size() < largest) {
      if (!has_ahead_) {
        ahead_ = EventTasks();
        if (!source_.next(ahead_)) break;
        for (Task& task : ahead_.tasks)
          if (task.latency_s < 0 && task.route < platform_.routes.size())
            task.latency_s = platform_.latency_s(platform_.routes[task.route]);
      }
      has_ahead_ = !plan->events.empty() && ahead_.event.step != plan->events.back().event.step;
      if (has_ahead_) break;
      tasks += ahead_.tasks.size();
      if (!ahead_.tasks.empty()) plan->next_id = std::max(plan->next_id, ahead_.tasks.back().id + 1);
      plan->events.push_back(std::move(ahead_));
    }
    next_id_ = plan->next_id;
    step.first_id = plan->first_id;
    const bool any = !plan->events.empty();
    step.plan = std::move(plan);
    return any ? Answer::step() : Answer::end();
  }

 private:
  TaskSource& source_;
  const PlatformSpec& platform_;
  EventTasks ahead_;
  bool has_ahead_ = false;
  TaskId next_id_ = 0;
};

}  // namespace upmem_des::test
