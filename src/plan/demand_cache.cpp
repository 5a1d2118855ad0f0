#include "plan/demand_cache.hpp"

namespace upmem_des {

bool DemandCache::agree(const Sizes& sizes, const LayerEvent& event, DeviceIndex device, const CostState& state) {
  return sizes.kind == event.kind && sizes.input_shape == event.input_shape &&
         sizes.output_shape == event.output_shape && sizes.weight_shape == event.weight_shape &&
         sizes.kv_length == event.kv_length && sizes.stride == event.stride && sizes.padding == event.padding &&
         sizes.causal == event.causal && sizes.experts == event.experts.size() && sizes.operation == event.operation &&
         sizes.phase == state.phase && sizes.cached_tokens == state.cached_tokens && sizes.device == device;
}

DemandCache::Sizes DemandCache::sizes_of(const LayerEvent& event, DeviceIndex device, const CostState& state) {
  return {
      event.kind,    event.input_shape, event.weight_shape,   event.output_shape, event.kv_length, event.stride,
      event.padding, event.causal,      event.experts.size(), event.operation,    state.phase,     state.cached_tokens,
      device};
}

std::size_t DemandCache::kind_of(const LayerEvent& event) {
  const std::size_t index = event.name.index();
  if (index >= recent_.size()) recent_.resize(index + 1);
  Recent& recent = recent_[index];
  if (recent.is_set && recent.type == event.type) return recent.kind;
  const std::uint64_t key = (std::uint64_t{event.type.index()} << 32U) | index;
  const auto [place, is_new] = kinds_.emplace(key, entries_.size());
  if (is_new) entries_.emplace_back();
  recent = {event.type, place->second, true};
  return recent.kind;
}

DemandCache::Found DemandCache::find(const LayerEvent& event, DeviceIndex device, const CostState& state) {
  Found found;
  found.kind = kind_of(event);
  Entry& entry = entries_[found.kind];
  found.demand = &entry.demand;
  found.repeats = entry.is_known && !state.held_key_value_heads && agree(entry.sizes, event, device, state);
  if (found.repeats) return found;
  entry.is_known = false;
  entry.demand = model_.cost(event, platform_.devices[device].architecture, state);
  if (!state.held_key_value_heads && model_.costs_by_sizes(event)) {
    entry.sizes = sizes_of(event, device, state);
    entry.is_known = true;
  }
  return found;
}

}  // namespace upmem_des
