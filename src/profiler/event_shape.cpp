#include "profiler/event_shape.hpp"

#include <algorithm>
#include <limits>
#include <string>

#include "trace/event_check.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "util/shortened.hpp"

namespace upmem_des::profiler {

namespace {

constexpr int max_depth = 8;

/// Saturates: such a shape is rejected by shape_problem().
std::int64_t product(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? std::numeric_limits<std::int64_t>::max() : result;
}

std::optional<at::Tensor> tensor_in(const c10::IValue& value, int depth);

template <typename Values>
std::optional<at::Tensor> first_tensor_of(const Values& values, int depth) {
  for (const c10::IValue& value : values)
    if (auto found = tensor_in(value, depth)) return found;
  return std::nullopt;
}

std::optional<at::Tensor> tensor_in(const c10::IValue& value, int depth) {
  if (value.isTensor()) return value.toTensor().defined() ? std::optional(value.toTensor()) : std::nullopt;
  if (depth == 0) return std::nullopt;
  if (value.isTuple()) return first_tensor_of(value.toTupleRef().elements(), depth - 1);
  if (value.isList()) return first_tensor_of(value.toListRef(), depth - 1);
  if (value.isGenericDict())
    for (const auto& entry : value.toGenericDict())
      if (auto found = tensor_in(entry.value(), depth - 1)) return found;
  return std::nullopt;
}

bool is_product_layer(const LayerEvent& event) {
  if (event.kind != EventKind::Layer) return false;
  const auto* const product = as<operation::Product>(operation_of(event));
  return product != nullptr && product->second == operation::Product::Second::Weight;
}

void make_rank(Shape& shape, std::size_t rank) {
  Shape longer;
  for (std::size_t i = shape.rank(); i < rank; ++i) longer.push_back(1);
  for (const std::int64_t size : shape) longer.push_back(size);
  shape = longer;
}

}  // namespace

Shape event_shape(c10::IntArrayRef sizes) {
  Shape shape;
  if (sizes.empty()) shape.push_back(1);
  const std::size_t merged = sizes.size() - std::min(sizes.size(), Shape::max_rank);
  std::int64_t leading = 1;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    leading = product(leading, sizes[i]);
    if (i < merged) continue;
    shape.push_back(leading);
    leading = 1;
  }
  return shape;
}

Shape event_shape(const at::Tensor& tensor) {
  if (!tensor.defined() || tensor.is_nested()) return {1};
  return event_shape(tensor.sizes());
}

std::optional<at::Tensor> first_tensor(const c10::IValue& value) {
  return tensor_in(value, max_depth);
}

Name event_name(std::string_view text) {
  if (text.empty()) return Name("?");
  if (text.size() <= max_text) return Name(text);
  return Name(shortened(text, max_text, ""));
}

void normalise_event(LayerEvent& event) {
  static const Name attention("scaled_dot_product_attention");
  const std::optional<Shape> weight = event.weight_shape;
  const Operation* const told = event.operation;
  if (is_product_layer(event)) {
    const Shape ends{event.input_shape.from_end(0), event.output_shape.from_end(0)};
    if (ends[0] > 0 && ends[1] > 0) event.weight_shape = ends;
    // A class that is called …Linear is held to what its name makes of it.
    event.operation = &operation_of(event);
  } else if (event.kind == EventKind::Function && event.type == attention) {
    const std::size_t rank = std::max({event.input_shape.rank(), event.output_shape.rank(), std::size_t{2}});
    make_rank(event.input_shape, rank);
    make_rank(event.output_shape, rank);
  }
  const bool is_good = !event_problem(event);
  event.operation = told;
  if (is_good) return;
  // The rule of a type is the only one left that a different type could help with.
  LayerEvent other = event;
  other.type = Name(event.type.str() + "*");
  other.weight_shape = weight;
  other.operation = nullptr;
  if (!event_problem(other)) event = other;
}

}  // namespace upmem_des::profiler
