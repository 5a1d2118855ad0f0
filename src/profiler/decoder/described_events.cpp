#include "profiler/decoder/described_events.hpp"

#include <stdexcept>

namespace upmem_des::profiler {

namespace {

std::string text_of(const LayerEvent& event) {
  return event.type.str() + " " + event.name.str() + " " + event.path.str();
}

}  // namespace

DescribedEvents::DescribedEvents(const DecoderConfig& config, const DecoderRun& run) : source_(config, run) {
  source_.route_by([this](std::vector<std::int64_t>& rows) { count_rows(rows); });
}

void DescribedEvents::fill(std::vector<LayerEvent>& events) {
  events_ = &events;
  LayerEvent described;
  for (at_ = 0; at_ < events.size(); ++at_) {
    LayerEvent& event = events[at_];
    if (!source_.next(described))
      throw std::logic_error("DescribedEvents: '" + text_of(event) + "' comes after all that is described");
    if (event.kind != described.kind || event.type != described.type || event.name != described.name ||
        event.path != described.path || event.seq != described.seq)
      throw std::logic_error("DescribedEvents: '" + text_of(event) + "' was called, '" + text_of(described) +
                             "' is described");
    event.deps = described.deps;
    event.operation = described.operation;
    event.ends_pass = described.ends_pass;
  }
}

/// The experts' events follow each other, and their first size is the rows that they got.
void DescribedEvents::count_rows(std::vector<std::int64_t>& rows) const {
  for (std::size_t i = at_; i < events_->size() && !(*events_)[i].experts.empty(); ++i) {
    const LayerEvent& event = (*events_)[i];
    rows[static_cast<std::size_t>(event.experts.front())] = event.input_shape[0];
  }
}

}  // namespace upmem_des::profiler
