#include "upmem_des/trace/recorded_trace.hpp"

#include <utility>

#include "trace/recorded_source.hpp"
#include "upmem_des/trace/jsonl_writer.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

RecordedSource::RecordedSource(std::shared_ptr<const RecordedTrace> trace) : trace_(std::move(trace)) {
  if (const EventProblem problem = header_problem(trace_->header))
    throw InputError({}, "header: " + problem.key, problem.problem);
}

bool RecordedSource::next(LayerEvent& event) {
  if (trace_->events.empty()) throw InputError("a recorded trace without events; expected at least one");
  if (at_ == trace_->events.size()) return false;
  const LayerEvent& recorded = trace_->events[at_];
  if (const EventProblem problem = check_.problem(recorded))
    throw InputError({}, "event " + std::to_string(at_) + ": " + problem.key, problem.problem);
  event = recorded;
  ++at_;
  return true;
}

std::int64_t write_trace(const std::string& path, const RecordedTrace& trace) {
  RecordedSource source(std::shared_ptr<const RecordedTrace>(std::shared_ptr<void>(), &trace));
  return write_trace(path, source);
}

RecordedTrace read_all(EventSource& source) {
  RecordedTrace trace{source.header(), {}};
  for (LayerEvent event; source.next(event);) trace.events.push_back(event);
  return trace;
}

}  // namespace upmem_des
