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

const std::string& stream_name(const Task& task, const StreamLists& streams) {
  return (task.kind == Task::Kind::Compute ? streams.devices[task.device] : streams.routes[task.route])->name();
}

/// What `id` waits for: a task of a stream, or one that does not exist. Joins on the way are passed over.
std::string cause_of(TaskId id, const TaskGraph& graph, const StreamLists& streams) {
  while (const std::optional<TaskId> cause = graph.held_back_by(id)) {
    id = *cause;
    const TaskGraph::Node& node = graph.at(id);
    if (node.state == TaskGraph::Node::State::Missing) return "task " + std::to_string(id) + ", which does not exist";
    if (node.task.kind == Task::Kind::Join) continue;
    std::string text = event_text(node.event->tasks) + " on " + stream_name(node.task, streams);
    if (node.task.purpose[0] != '\0') text = node.task.purpose + (" of " + text);
    return text;
  }
  return "nothing";
}

}  // namespace

std::string deadlock_report(const TaskGraph& graph, const StreamLists& streams) {
  std::vector<std::string> waits;
  std::size_t count = 0;
  const auto add = [&](const std::string& who, TaskId id) {
    if (++count <= most) waits.push_back(who + " waits for " + cause_of(id, graph, streams));
  };
  for (const auto* list : {&streams.devices, &streams.routes})
    for (const TaskStream* stream : *list)
      if (stream != nullptr && stream->head() && !graph.ready(*stream->head())) add(stream->name(), *stream->head());
  if (count == 0)
    graph.for_each([&](const TaskGraph::Node& node) {
      if (node.state == TaskGraph::Node::State::Planned && node.pending > 0)
        add(event_text(node.event->tasks), node.task.id);
    });
  std::string text = "deadlock: ";
  for (const std::string& wait : waits) text += (&wait == &waits.front() ? "" : "; ") + wait;
  if (count > most) text += "; and " + std::to_string(count - most) + " more";
  return text;
}

}  // namespace upmem_des
