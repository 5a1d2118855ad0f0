#include "plan/memory_account.hpp"

#include <algorithm>
#include <iterator>

#include "trace/parameters.hpp"
#include "trace/recognise.hpp"

namespace upmem_des {

namespace {

constexpr double id_bytes = 8;  // token ids are 64-bit integers

/// A table that the embedding and the head share is one, wherever both are on a device.
constexpr std::array<std::int64_t, 4> tied_table{3, 0, 0, 0};

bool is_tied(const LayerEvent& event) {
  const Operation& operation = operation_of(event);
  if (const auto* product = as<operation::Product>(operation)) return product->is_tied;
  const auto* gather = as<operation::Gather>(operation);
  return gather != nullptr && gather->is_tied;
}

/// Product of all sizes but the last three: the batch of [batch, heads, rows, width].
double batch_of(const Shape& shape) {
  double batch = 1;
  for (std::size_t i = 0; i + 3 < shape.rank(); ++i) batch *= static_cast<double>(shape[i]);
  return batch;
}

/// Rows of the cache that a call's tensors show: of fused attention the key's, of eager attention the columns of the
/// scores.
std::int64_t rows_shown(const operation::Attention& attention, const LayerEvent& part) {
  using Part = operation::Attention::Part;
  if (attention.part == Part::Fused) return part.input_shape.from_end(1);
  return attention.part == Part::Scores ? part.output_shape.from_end(0) : part.input_shape.from_end(0);
}

}  // namespace

MemoryAccount::MemoryAccount(std::size_t devices, const Options& options)
    : options_(options), held_(devices), weights_B_(devices), kv_now_B_(devices) {}

void MemoryAccount::add(DeviceIndex device, const LayerEvent& event, const LayerEvent& part,
                        std::optional<std::int64_t> kv_heads) {
  add_weights(device, event, part);
  add_cache(device, event, part, kv_heads);
  add_activations(device, part);
}

void MemoryAccount::add_again(DeviceIndex device, const LayerEvent& event, const LayerEvent& part,
                              std::optional<std::int64_t> kv_heads) {
  add_cache(device, event, part, kv_heads);
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
  const double bytes = weight_bytes(part);
  if (bytes == 0) return;
  double& counted = weights_B_[device][key_of(event)];
  if (bytes <= counted) return;
  held_[device].weights_B += bytes - counted;
  counted = bytes;
}

/// Biases are stored as activations are.
double MemoryAccount::weight_bytes(const LayerEvent& part) const {
  const double parameters = parameter_count(part, options_.embedding_rows);
  if (parameters == 0) return 0;
  const auto* product = as<operation::Product>(operation_of(part));
  if (product == nullptr || product->format != operation::WeightFormat::OfWeights)
    return options_.bytes_per_element * parameters;
  const double bias = bias_count(part);
  return options_.weight_bytes_per_element * (parameters - bias) + options_.bytes_per_element * bias;
}

void MemoryAccount::add_cache(DeviceIndex device, const LayerEvent& event, const LayerEvent& part,
                              std::optional<std::int64_t> kv_heads) {
  const operation::Attention* attention = attention_of(event);
  if (attention == nullptr || attention->part == operation::Attention::Part::Softmax || !attention->is_cached) return;
  // What sees all of a prompt at once, later rows too, is an encoder's, or another sequence's rows.
  if (event.phase == Phase::Prefill && event.causal == false) return;
  const std::size_t place = attention_.of(event);
  if (caches_.size() <= place) caches_.resize(place + 1);
  LayerCaches& layer = caches_[place];
  if (layer.seq != event.seq) drop_moved(layer);
  layer.seq = event.seq;
  const double row_B = options_.kv_bytes_per_element * row_elements(part, kv_heads);
  if (part.slices == nullptr || attention->is_cross) {
    const std::int64_t rows = event.kv_length.value_or(rows_shown(*attention, part));
    add_to(layer, whole_batch, device, row_B * batch_of(part.input_shape) * rows_held(event, rows));
    return;
  }
  for (const Slice& slice : *part.slices)
    for (SequenceId sequence = slice.first; sequence < slice.first + slice.sequences; ++sequence)
      add_to(layer, sequence, device, row_B * rows_held(event, slice.rows()));
}

void MemoryAccount::add_to(LayerCaches& layer, SequenceId sequence, DeviceIndex device, double bytes) {
  Cache& cache = layer.held[{sequence, device}];
  if (cache.seq != layer.seq) cache = {layer.seq, 0, cache.largest_B};
  cache.call_B += bytes;
  if (cache.call_B <= cache.largest_B) return;
  kv_now_B_[device] += cache.call_B - cache.largest_B;
  cache.largest_B = cache.call_B;
  held_[device].kv_cache_B = std::max(held_[device].kv_cache_B, kv_now_B_[device]);
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
      if (has_moved) kv_now_B_[first->first.second] -= first->second.largest_B;
      first = has_moved ? layer.held.erase(first) : std::next(first);
    }
  }
}

void MemoryAccount::free(SequenceId sequence) {
  for (LayerCaches& layer : caches_) {
    const auto first = layer.held.lower_bound({sequence, 0});
    auto end = first;
    for (; end != layer.held.end() && end->first.first == sequence; ++end)
      kv_now_B_[end->first.second] -= end->second.largest_B;
    layer.held.erase(first, end);
  }
}

double MemoryAccount::activation_bytes(const LayerEvent& part) const {
  const double input = part.input_shape.elements() * (takes_ids(part) ? id_bytes : options_.bytes_per_element);
  return input + part.output_shape.elements() * options_.bytes_per_element;
}

void MemoryAccount::add_activations(DeviceIndex device, const LayerEvent& part) {
  double& largest = held_[device].activations_B;
  largest = std::max(largest, activation_bytes(part));
}

/// Numbers that a call keeps of each row of a sequence, on the device of the part.
double MemoryAccount::row_elements(const LayerEvent& part, std::optional<std::int64_t> kv_heads) const {
  const operation::Attention& attention = *attention_of(part);
  const Shape& input = part.input_shape;
  if (attention.latent_width > 0)
    // Keys and values are made of one row; in eager attention the scores have it already.
    return attention.part == operation::Attention::Part::Output ? 0 : static_cast<double>(attention.latent_width);
  const std::int64_t shown = input.from_end(2);
  const std::int64_t whole =
      options_.key_value_heads.value_or(attention.cache_heads > 0 ? attention.cache_heads : shown);
  const auto heads = static_cast<double>(kv_heads.value_or(std::min(shown, whole)));
  const auto width = [](const Shape& shape) { return static_cast<double>(shape.from_end(0)); };
  switch (attention.part) {
    case operation::Attention::Part::Fused:
      return heads * (width(input) + width(part.output_shape));
    case operation::Attention::Part::Scores:
      return heads * width(input);
    case operation::Attention::Part::Output:
      return heads * width(part.output_shape);
    case operation::Attention::Part::Softmax:
      break;
  }
  return 0;
}

/// Of a sequence of so many rows.
double MemoryAccount::rows_held(const LayerEvent& event, std::int64_t rows) const {
  const operation::Attention& attention = *attention_of(event);
  using Mask = operation::Attention::Mask;
  // Of a chunk as many rows as it has; a new one begins where the one before is full.
  if (attention.mask == Mask::Window || attention.mask == Mask::Chunk)
    return static_cast<double>(std::min(rows, attention.window));
  if (attention.mask == Mask::Full) return static_cast<double>(rows);
  return static_cast<double>(std::min(rows, options_.sliding_window.value_or(rows)));
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
