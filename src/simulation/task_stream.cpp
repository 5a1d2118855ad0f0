#include "simulation/task_stream.hpp"

#include <utility>

namespace upmem_des {

TaskStream::TaskStream(std::string name, TaskDesk& desk, Crew& crew)
    : name_(std::move(name)), desk_(desk), crew_(crew), gate_(crew) {}

std::optional<TaskId> TaskStream::head() const {
  if (queue_.empty()) return std::nullopt;
  return queue_.front();
}

void TaskStream::start(simgrid::s4u::Host* host) {
  if (started_) return;
  started_ = true;
  crew_.start_actor(name_, host, [this] { walk(); });
}

bool TaskStream::can_go_on() const {
  return queue_.empty() ? desk_.all_planned() : desk_.ready(queue_.front());
}

void TaskStream::notify() {
  if (gate_.waiting() && can_go_on()) gate_.open();
}

void TaskStream::walk() {
  while (!crew_.stopped()) {
    if (!can_go_on()) {
      gate_.wait();
      continue;
    }
    if (queue_.empty()) break;
    const TaskId id = queue_.front();
    queue_.pop_front();
    run(id);
  }
  finish();
}

void TaskStream::run(TaskId id) {
  const double start_s = simgrid::s4u::Engine::get_clock();
  desk_.start(id);
  const std::optional<double> lasted_s = perform(id);
  const double end_s = simgrid::s4u::Engine::get_clock();
  if (!crew_.stopped()) desk_.end({id, start_s, end_s, lasted_s.value_or(end_s - start_s)});
}

}  // namespace upmem_des
