#include "plan/stored_bytes.hpp"

#include <algorithm>

#include "trace/parameters.hpp"
#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

namespace {

constexpr double id_bytes = 8;  // token ids are 64-bit integers

bool is_packed(const LayerEvent& part) {
  const auto* product = as<operation::Product>(operation_of(part));
  return product != nullptr && product->second == operation::Product::Second::Packed;
}

}  // namespace

/// Biases are stored as activations are.
double StoredBytes::weights(const LayerEvent& part) const {
  const double parameters = parameter_count(part, options_.embedding_rows);
  if (parameters == 0) return 0;
  const auto* product = as<operation::Product>(operation_of(part));
  const auto* convolution = as<operation::Convolution>(operation_of(part));
  const auto* recurrent = as<operation::Recurrent>(operation_of(part));
  const operation::StoredAs stored = product != nullptr       ? product->stored
                                     : convolution != nullptr ? convolution->stored
                                     : recurrent != nullptr   ? recurrent->stored
                                                              : operation::StoredAs::Run;
  if (stored != operation::StoredAs::Run)
    return operation::stored_bytes(stored, 0) * (parameters - bias_count(part)) +
           options_.bytes_per_element * bias_count(part);
  if (product == nullptr || product->format != operation::WeightFormat::OfWeights)
    return options_.bytes_per_element * parameters;
  const double bias = bias_count(part);
  return options_.weight_bytes_per_element * (parameters - bias) + options_.bytes_per_element * bias;
}

double StoredBytes::weights_read(const LayerEvent& part) const {
  const double all = weights(part);
  if (all == 0) return 0;
  const Operation& operation = operation_of(part);
  if (as<operation::Gather>(operation) != nullptr)
    return std::min(all, options_.bytes_per_element * part.output_shape.elements());
  if (!is_packed(part)) return all;
  const operation::Product& product = *as<operation::Product>(operation);
  const double rows = part.input_shape.elements() / static_cast<double>(part.input_shape.from_end(0));
  return all * matrices_read(product, part, rows) / static_cast<double>(product.matrices);
}

bool StoredBytes::reads_by_rows(const LayerEvent& part) {
  return as<operation::Gather>(operation_of(part)) != nullptr || is_packed(part);
}

bool StoredBytes::keeps_rows(const LayerEvent& event) {
  const operation::Attention* attention = attention_of(event);
  if (attention == nullptr || attention->part == operation::Attention::Part::Softmax || !attention->is_cached)
    return false;
  return event.phase != Phase::Prefill || event.causal != false;
}

double StoredBytes::cached_row(const LayerEvent& part, std::optional<std::int64_t> kv_heads) const {
  const operation::Attention& attention = *attention_of(part);
  const double D = options_.kv_bytes_per_element;
  const Shape& input = part.input_shape;
  if (attention.latent_width > 0)
    // Keys and values are made of one row; in eager attention the scores have it already.
    return attention.part == operation::Attention::Part::Output ? 0 : D * static_cast<double>(attention.latent_width);
  const std::int64_t shown = input.from_end(2);
  const std::int64_t whole =
      options_.key_value_heads.value_or(attention.cache_heads > 0 ? attention.cache_heads : shown);
  const auto heads = static_cast<double>(kv_heads.value_or(std::min(shown, whole)));
  const auto width = [](const Shape& shape) { return static_cast<double>(shape.from_end(0)); };
  switch (attention.part) {
    case operation::Attention::Part::Fused:
      return D * heads * (width(input) + width(part.output_shape));
    case operation::Attention::Part::Scores:
      return D * heads * width(input);
    case operation::Attention::Part::Output:
      return D * heads * width(part.output_shape);
    case operation::Attention::Part::Softmax:
      break;
  }
  return 0;
}

double StoredBytes::rows_kept(const LayerEvent& event, std::int64_t rows) const {
  const operation::Attention& attention = *attention_of(event);
  using Mask = operation::Attention::Mask;
  // Of a chunk as many rows as it has; a new one begins where the one before is full.
  if (attention.mask == Mask::Window || attention.mask == Mask::Chunk)
    return static_cast<double>(std::min(rows, attention.window));
  if (attention.mask == Mask::Full) return static_cast<double>(rows);
  return static_cast<double>(std::min(rows, options_.sliding_window.value_or(rows)));
}

/// Of fused attention the key's, of eager attention the columns of the scores.
std::int64_t StoredBytes::rows_shown(const LayerEvent& event) {
  using Part = operation::Attention::Part;
  if (event.kv_length) return *event.kv_length;
  const Part part = attention_of(event)->part;
  if (part == Part::Fused) return event.input_shape.from_end(1);
  return part == Part::Scores ? event.output_shape.from_end(0) : event.input_shape.from_end(0);
}

/// Product of all sizes but the last three: the batch of [batch, heads, rows, width].
double StoredBytes::batch(const LayerEvent& part) {
  const Shape& shape = part.input_shape;
  double batch = 1;
  for (std::size_t i = 0; i + 3 < shape.rank(); ++i) batch *= static_cast<double>(shape[i]);
  return batch;
}

/// Rows of another network are all there with the prompt.
StoredBytes::NewRows StoredBytes::new_rows(const LayerEvent& part, std::optional<std::int64_t> kv_heads) const {
  const double row_B = cached_row(part, kv_heads);
  NewRows made;
  const auto add = [&](double sequences, std::int64_t rows) {
    made.made_B += row_B * sequences * static_cast<double>(rows);
    made.kept_B += row_B * sequences * rows_kept(part, rows);
  };
  if (attention_of(part)->is_cross) {
    if (part.phase == Phase::Prefill) add(batch(part), rows_shown(part));
  } else if (part.slices == nullptr) {
    add(batch(part), part.output_shape.from_end(1));
  } else {
    for (const Slice& slice : *part.slices) add(static_cast<double>(slice.sequences), slice.new_rows);
  }
  return made;
}

double StoredBytes::activations(const LayerEvent& part) const {
  const double input = part.input_shape.elements() * (takes_ids(part) ? id_bytes : options_.bytes_per_element);
  return input + part.output_shape.elements() * options_.bytes_per_element;
}

}  // namespace upmem_des
