#include "simulation/deadlock_report.hpp"

#include "simulation/event_ledger.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t most = 8;

std::string event_text(const EventTasks& tasks) {
  if (!tasks.is_event) return "the end of the run";
  const LayerEvent& event = tasks.event;
  return (event.name.empty() ? event.type : event.name).str() + " (event " + std::to_string(event.seq) + ")";
}

/// What `id` waits for: a task of a stream, or one that does not exist. Joins on the way are passed over.
std::string cause_of(TaskId id, const WaitGraph& graph) {
  while (const std::optional<TaskId> cause = graph.held_back_by(id)) {
    id = *cause;
    const WaitGraph::Found found = graph.find(id);
    if (found.task == nullptr) return "task " + std::to_string(id) + ", which does not exist";
    if (found.task->kind == Task::Kind::Join) continue;
    std::string text = event_text(*found.event) + " on " + graph.stream_name(*found.task);
    if (found.task->purpose[0] != '\0') text = found.task->purpose + (" of " + text);
    return text;
  }
  return "nothing";
}

}  // namespace

std::string deadlock_report(const WaitGraph& graph) {
  std::vector<std::string> waits;
  std::size_t count = 0;
  const auto add = [&](const std::string& who, TaskId id) {
    if (++count <= most) waits.push_back(who + " waits for " + cause_of(id, graph));
  };
  for (const TaskId head : graph.heads())
    if (graph.held_back_by(head)) add(graph.stream_name(*graph.find(head).task), head);
  if (count == 0)
    for (const TaskId join : graph.joins())
      if (graph.held_back_by(join)) add(event_text(*graph.find(join).event), join);
  std::string text = "deadlock: ";
  for (const std::string& wait : waits) text += (&wait == &waits.front() ? "" : "; ") + wait;
  if (count > most) text += "; and " + std::to_string(count - most) + " more";
  return text;
}

}  // namespace upmem_des
