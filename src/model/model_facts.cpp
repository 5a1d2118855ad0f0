#include "upmem_des/model/model_facts.hpp"

#include <algorithm>

#include "model/stored_formats.hpp"
#include "trace/parameters.hpp"
#include "upmem_des/model/family_registry.hpp"
#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

namespace {

PassSizes one_token() {
  PassSizes sizes;
  sizes.expert_rows = 1;
  return sizes;
}

/// The event that a call makes for one token.
LayerEvent event_of(const Call& call) {
  static const PassSizes sizes = one_token();
  LayerEvent event;
  event.kind = call.kind;
  event.type = call.type;
  event.name = call.name;
  event.input_shape = sizes.of(call.input);
  event.weight_shape = call.weight;
  event.output_shape = sizes.of(call.output);
  event.operation = call.operation;
  return event;
}

class Counter {
 public:
  Counter(const DecoderDescription& description, const FactFormats& formats, std::optional<NumberFormat> weights)
      : description_(description), formats_(formats), weights_(weights.value_or(formats.activations)) {}

  ModelFacts count() {
    add(description_.prologue, 1, 1);
    for (const LayerGroup& group : description_.groups) {
      const auto layers = static_cast<double>(group.layers);
      add(group.calls, layers, layers);
      add(group.experts.calls, layers * static_cast<double>(group.experts.experts),
          layers * static_cast<double>(group.experts.chosen));
      add(group.after_experts, layers, layers);
    }
    add(description_.epilogue, 1, 1);
    for (const FormatFacts& format : facts_.formats) facts_.weights_B += format.bytes;
    if (has_windows_) facts_.kv_B_beyond_window = beyond_window_;
    return facts_;
  }

 private:
  BlockFacts& block(Block which) {
    for (BlockFacts& known : facts_.blocks)
      if (known.block == which) return known;
    facts_.blocks.emplace_back();
    facts_.blocks.back().block = which;
    return facts_.blocks.back();
  }

  FormatFacts& format(NumberFormat which) {
    for (FormatFacts& known : facts_.formats)
      if (known.format == which) return known;
    facts_.formats.push_back({which, 0, 0});
    return facts_.formats.back();
  }

  void add(const std::vector<Call>& calls, double times, double active_times) {
    for (const Call& call : calls) {
      // Eager attention is the same attention in three calls.
      if (call.attention && *call.attention == Attention::eager) continue;
      add_weights(call, times, active_times);
      add_cache(call, times);
    }
  }

  void add_weights(const Call& call, double times, double active_times) {
    const LayerEvent event = event_of(call);
    const auto* product = call.operation == nullptr ? nullptr : as<operation::Product>(*call.operation);
    const bool is_tied = product != nullptr && product->is_tied;
    // The matrix of a tied head is the table's, its bias its own.
    const double parameters = is_tied ? bias_count(event) : parameter_count(event) + call.parameters;
    const bool has_weights_format = has_weight_format(event);
    // Biases are stored as activations are.
    const double bias = bias_count(event);
    BlockFacts& of_block = block(call.block);
    if (call.kind == EventKind::Layer) of_block.calls += static_cast<std::int64_t>(active_times);
    add_stored(of_block, has_weights_format ? weights_ : formats_.activations, times * (parameters - bias));
    add_stored(of_block, formats_.activations, times * bias);
    facts_.parameters += times * parameters;
    facts_.active_parameters += active_times * parameters;
    of_block.parameters += times * parameters;
    of_block.active_parameters += active_times * parameters;
    const double flop = active_times * linear_flop(call, event, is_tied);
    of_block.linear_flop_per_token += flop;
    facts_.decode_linear_flop_per_token += flop;
  }

  void add_stored(BlockFacts& of_block, NumberFormat stored, double parameters) {
    if (parameters == 0) return;
    FormatFacts& of_format = format(stored);
    const double bytes = parameters * bytes_per_element(stored);
    of_format.parameters += parameters;
    of_format.bytes += bytes;
    of_block.weights_B += bytes;
  }

  double linear_flop(const Call& call, const LayerEvent& event, bool is_tied) const {
    if (description_.has_encoder && is_tied) return 0;
    if (!description_.has_encoder && call.phase && *call.phase == Phase::Prefill) return 0;
    if (const auto* product = as<operation::Product>(operation_of(event)))
      return product->second == operation::Product::Second::Weight ? 2 * event.weight_shape->elements() : 0;
    const auto* convolution = as<operation::Convolution>(operation_of(event));
    if (description_.has_encoder && convolution != nullptr && (*event.weight_shape)[0] == 1)
      return 2 * static_cast<double>(event.output_shape.from_end(2) * event.input_shape.from_end(2)) *
             event.weight_shape->elements();
    return 2 * call.learned_rows;
  }

  void add_cache(const Call& call, double times) {
    if (call.operation == nullptr) return;
    const double cache_bytes = bytes_per_element(formats_.cache.value_or(formats_.activations));
    if (const auto* scan = as<operation::StateScan>(*call.operation))
      facts_.state_B_per_sequence += times * scan->state_elements * bytes_per_element(formats_.activations);
    const auto* attention = as<operation::Attention>(*call.operation);
    if (attention == nullptr || !attention->is_cached || attention->is_cross || attention->is_expanded) return;
    const LayerEvent event = event_of(call);
    const auto width = static_cast<double>(event.input_shape.from_end(0) + event.output_shape.from_end(0));
    const double row = attention->latent_width > 0 ? static_cast<double>(attention->latent_width)
                                                   : static_cast<double>(attention->cache_heads) * width;
    const double bytes = times * row * cache_bytes;
    facts_.kv_B_per_token += bytes;
    using Mask = operation::Attention::Mask;
    const bool is_bounded = attention->mask == Mask::Window || attention->mask == Mask::Chunk ||
                            (attention->mask == Mask::Run && attention->window > 0);
    has_windows_ = has_windows_ || is_bounded;
    if (!is_bounded) beyond_window_ += bytes;
  }

  const DecoderDescription& description_;
  FactFormats formats_;
  NumberFormat weights_;
  ModelFacts facts_;
  bool has_windows_ = false;
  double beyond_window_ = 0;
};

}  // namespace

ModelFacts model_facts(const DecoderConfig& config, const FactFormats& formats) {
  const std::optional<NumberFormat> weights = formats.weights ? formats.weights : config.weight_formats.format;
  DecoderDescription description = describe_decoder(config);
  if (!formats.weights) leave_out(config.weight_formats, description);
  return Counter(description, formats, weights).count();
}

}  // namespace upmem_des
