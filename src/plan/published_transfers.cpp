#include "plan/published_transfers.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

/// The published tool ends a block only at layers that it has no special class for.
bool is_plain_layer(const LayerEvent& event) {
  static const Name norm("LlamaRMSNorm");
  static const Name activation("SiLUActivation");
  return event.kind == EventKind::Layer && event.type != norm && event.type != activation;
}

}  // namespace

bool PublishedTransfers::all_experts_seen() const {
  return std::all_of(seen_.begin(), seen_.end(),
                     [&](const auto& counter) { return counter.second == moe_.experts_per_token; });
}

void PublishedTransfers::place(const Mapping::Found& found, PlannedEvent& planned) {
  const LayerEvent& event = *planned.event;
  if (found.target != nullptr) {
    const MapTarget& target = *found.target;
    bool moves = target.device() != current() || target.transfer_point;
    // The counter is touched only when neither of the first two reasons applied.
    if (!moves && target.shared_input) moves = seen_[found.key]++ == 0;
    if (moves) {
      const double bytes = model_.input_bytes(event);
      move_input(target.device(), bytes, bytes, planned.before);
    }
  }
  planned.device = current();

  if (!moe_.end.empty() && event.name == moe_.end && is_plain_layer(event) && all_experts_seen()) {
    seen_.clear();
    const auto others = static_cast<double>(moe_.experts_per_token - 1);
    const Shape& out = event.output_shape;
    const double elements = out.rank() >= 2 ? static_cast<double>(out[0]) * static_cast<double>(out[1]) : 0;
    planned.after.add({current(), Direction::DeviceToHost, bytes_per_element_ * others * elements});
  }
}

void PublishedTransfers::finish(PlannedEvent& planned) {
  planned.device = current();
}

}  // namespace upmem_des
