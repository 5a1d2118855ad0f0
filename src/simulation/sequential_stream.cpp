#include "simulation/sequential_stream.hpp"

#include <utility>

namespace upmem_des {

SequentialStream::SequentialStream(Planner& planner, const PlatformSpec& platform, const Machine& machine,
                                   ResultCollector& collector, Options options)
    : planner_(planner),
      platform_(platform),
      activities_(machine, precision_),
      collector_(collector),
      options_(std::move(options)) {}

double SequentialStream::now_s() const {
  return simgrid::s4u::Engine::get_clock() + pending_.time_s;
}

void SequentialStream::run() {
  PlannedEvent planned;
  while (planner_.next(planned)) {
    const double start_s = options_.observer != nullptr ? now_s() : 0;
    if (!planned.before.empty()) {
      flush();
      run_transfers(planned.before);
    }
    if (planned.device != pending_device_) flush();
    pending_device_ = planned.device;
    add_steps(planned);
    if (!planned.after.empty()) {
      flush();
      run_transfers(planned.after);
    }
    const EventCost& cost = collector_.add(planned);
    if (options_.timeline != nullptr) options_.timeline->add(planned);
    if (options_.observer != nullptr)
      options_.observer->on_event(
          {planned.event, platform_.devices[planned.device].name, planned.phase, start_s, now_s(), cost});
    if (planned.ends_prefill) {
      flush();
      options_.on_prefill_end();
    }
  }
  flush();
}

void SequentialStream::add_steps(const PlannedEvent& planned) {
  if (planned.event == nullptr) return;
  if (!options_.segments) {
    for (const Step& step : *planned.demand)
      if (const Stretch stretch = stretch_of(step); !stretch.empty()) activities_.run(planned.device, stretch);
    return;
  }
  if (planned.kind >= stretches_.size()) stretches_.resize(planned.kind + 1);
  Stretch& all = stretches_[planned.kind];
  if (!planned.repeats) {
    all = Stretch();
    for (const Step& step : *planned.demand) append(all, stretch_of(step));
  }
  append(pending_, all);
}

void SequentialStream::run_transfers(const TransferList& transfers) {
  for (const Transfer& transfer : transfers) activities_.run(transfer);
}

void SequentialStream::flush() {
  if (!pending_.empty()) activities_.run(pending_device_, spread(pending_));
  pending_ = Stretch();
}

}  // namespace upmem_des
