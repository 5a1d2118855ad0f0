#include "simulation/event_class_table.hpp"

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

std::size_t EventClassTable::find(const LayerEvent& event, Phase phase) {
  const std::uint64_t key = (std::uint64_t{event.type.index()} << 32U) | event.name.index();
  const auto [entry, is_new] = places_[static_cast<std::size_t>(phase)].emplace(key, classes_.size());
  if (is_new) {
    classes_.emplace_back();
    classes_.back().kind = event.kind;
    classes_.back().type = event.type;
    classes_.back().name = event.name;
    classes_.back().phase = phase;
  }
  return entry->second;
}

}  // namespace upmem_des
