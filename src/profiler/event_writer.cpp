#include "profiler/event_writer.hpp"

#include "upmem_des/util/error.hpp"

namespace upmem_des::profiler {

void EventWriter::write(const std::vector<LayerEvent>& events) {
  for (const LayerEvent& event : events) {
    if (const EventProblem problem = check_.problem(event))
      throw InputError({network_},
                       (event.kind == EventKind::Layer ? "layer '" + event.path.str() + "' (" + event.type.str() + ")"
                                                       : "function " + event.type.str()) +
                           ": " + problem.key + ": " + problem.problem);
    total_ns_ += event.duration_ns.value_or(0);
    writer_.write(event);
  }
}

void EventWriter::finish(ProfileReply& reply) {
  if (check_.count() == 0)
    throw InputError({network_}, "nothing was recorded; expected a network that calls a layer or a function");
  writer_.finish();
  reply.events = check_.count();
  reply.events_s = total_ns_ * 1e-9;
}

}  // namespace upmem_des::profiler
