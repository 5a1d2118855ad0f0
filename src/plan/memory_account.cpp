#include "plan/memory_account.hpp"

#include <algorithm>
#include <iterator>

#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

namespace {

/// A table that the embedding and the head share is one, wherever both are on a device.
constexpr std::array<std::int64_t, 4> tied_table{3, 0, 0, 0};

bool is_tied(const LayerEvent& event) {
  const Operation& operation = operation_of(event);
  if (const auto* product = as<operation::Product>(operation)) return product->is_tied;
  const auto* gather = as<operation::Gather>(operation);
  return gather != nullptr && gather->is_tied;
}

}  // namespace

MemoryAccount::MemoryAccount(std::size_t devices, const Options& options)
    : bytes_(options), held_(devices), weights_B_(devices), kv_now_B_(devices) {}

void MemoryAccount::add(DeviceIndex device, const LayerEvent& event, const LayerEvent& part, const CacheShare& cache) {
  add_weights(device, event, part);
  add_cache(device, event, part, cache);
  add_activations(device, part);
}

void MemoryAccount::add_again(DeviceIndex device, const LayerEvent& event, const LayerEvent& part,
                              const CacheShare& cache) {
  add_cache(device, event, part, cache);
  add_activations(device, part);
}

/// Different for different layers, as far as their events tell.
MemoryAccount::LayerKey MemoryAccount::key_of(const LayerEvent& event) {
  if (is_tied(event)) return tied_table;
  if (event.id) return {0, *event.id, 0, 0};
  if (!event.path.empty()) return {1, event.path.index(), 0, 0};
  if (event.kind == EventKind::Function) return {4, static_cast<std::int64_t>(functions_.of(event)), 0, 0};
  // A router's event names all experts that it chose; only a single one is the layer's own.
  const std::int64_t expert = event.experts.size() == 1 ? event.experts.front() : -1;
  return {2, event.name.index(), event.type.index(), expert};
}

void MemoryAccount::add_weights(DeviceIndex device, const LayerEvent& event, const LayerEvent& part) {
  if (event.kind != EventKind::Layer && event.operation == nullptr) return;  // a function's are somebody else's
  const double bytes = bytes_.weights(part);
  if (bytes == 0) return;
  double& largest = held_[device].largest_weights_B;
  largest = std::max(largest, bytes_.weights_read(part));
  double& counted = weights_B_[device][key_of(event)];
  if (bytes <= counted) return;
  held_[device].weights_B += bytes - counted;
  counted = bytes;
}

void MemoryAccount::add_cache(DeviceIndex device, const LayerEvent& event, const LayerEvent& part,
                              const CacheShare& cache) {
  if (!StoredBytes::keeps_rows(event)) return;
  const std::size_t place = attention_.of(event);
  if (caches_.size() <= place) caches_.resize(place + 1);
  LayerCaches& layer = caches_[place];
  if (layer.seq != event.seq) drop_moved(layer);
  layer.seq = event.seq;
  const double row_B = cache.rows * bytes_.cached_row(part, cache.heads);
  if (part.slices == nullptr || attention_of(event)->is_cross) {
    add_to(layer, whole_batch, device,
           row_B * StoredBytes::batch(part) * bytes_.rows_kept(event, StoredBytes::rows_shown(part)));
    return;
  }
  for (const Slice& slice : *part.slices)
    for (SequenceId sequence = slice.first; sequence < slice.first + slice.sequences; ++sequence)
      add_to(layer, sequence, device, row_B * bytes_.rows_kept(event, slice.rows()));
}

void MemoryAccount::add_to(LayerCaches& layer, SequenceId sequence, DeviceIndex device, double bytes) {
  Cache& cache = layer.held[{sequence, device}];
  if (cache.seq != layer.seq) cache = {layer.seq, 0, cache.largest_B};
  cache.call_B += bytes;
  if (cache.call_B <= cache.largest_B) return;
  change_cache(layer, device, cache.call_B - cache.largest_B);
  cache.largest_B = cache.call_B;
}

void MemoryAccount::change_cache(LayerCaches& layer, DeviceIndex device, double bytes) {
  double& of_layer = layer.now_B[device];
  of_layer += bytes;
  kv_now_B_[device] += bytes;
  HeldBytes& held = held_[device];
  held.largest_cache_B = std::max(held.largest_cache_B, of_layer);
  held.kv_cache_B = std::max(held.kv_cache_B, kv_now_B_[device]);
}

/// Whatever the latest call has used on one device and not on another is no longer on that.
void MemoryAccount::drop_moved(LayerCaches& layer) {
  for (auto first = layer.held.begin(); first != layer.held.end();) {
    auto end = first;
    bool is_used = false;
    for (; end != layer.held.end() && end->first.first == first->first.first; ++end)
      is_used = is_used || end->second.seq == layer.seq;
    while (first != end) {
      const bool has_moved = is_used && first->second.seq != layer.seq;
      if (has_moved) change_cache(layer, first->first.second, -first->second.largest_B);
      first = has_moved ? layer.held.erase(first) : std::next(first);
    }
  }
}

void MemoryAccount::free(SequenceId sequence) {
  for (LayerCaches& layer : caches_) {
    const auto first = layer.held.lower_bound({sequence, 0});
    auto end = first;
    for (; end != layer.held.end() && end->first.first == sequence; ++end)
      change_cache(layer, end->first.second, -end->second.largest_B);
    layer.held.erase(first, end);
  }
}

void MemoryAccount::add_activations(DeviceIndex device, const LayerEvent& part) {
  double& largest = held_[device].activations_B;
  largest = std::max(largest, activation_bytes(part));
}

std::size_t MemoryAccount::PassPlaces::of(const LayerEvent& event) {
  if (event.step != step_) {
    step_ = event.step;
    seqs_.clear();
  }
  const auto at = std::lower_bound(seqs_.begin(), seqs_.end(), event.seq);
  const auto place = static_cast<std::size_t>(at - seqs_.begin());
  if (at == seqs_.end() || *at != event.seq) seqs_.insert(at, event.seq);
  return place;
}

}  // namespace upmem_des
