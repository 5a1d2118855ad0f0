/// Shapes, names and events that keep to the rules of traces, whatever the network does. Internal to the room.
#pragma once

#include <torch/torch.h>

#include <optional>
#include <string_view>

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des::profiler {

/// The sizes as a trace holds them: [1] of a tensor without sizes (a single number), and of more than 8 sizes the
/// leading ones multiplied into the first.
Shape event_shape(c10::IntArrayRef sizes);

/// event_shape() of a tensor; [1] of one that has no sizes to tell (undefined, nested).
Shape event_shape(const at::Tensor& tensor);

/// The first tensor in a value: itself, or in a list, tuple or dictionary of them, at most 8 deep.
std::optional<at::Tensor> first_tensor(const c10::IValue& value);

/// event_shape() of the first tensor in values; [1] where there is none.
template <typename Values>
Shape shape_of_first(const Values& values) {
  for (const c10::IValue& value : values)
    if (const auto tensor = first_tensor(value)) return event_shape(*tensor);
  return {1};
}

/// `text` cut to what a trace takes (max_text), "?" for an empty one.
Name event_name(std::string_view text);

/// Makes what was recorded an event that a trace can hold. Types have rules (event_check.hpp) that a class of the same
/// name need not keep:
/// - a Linear, or what else multiplies by its own matrix, whose weight_shape is not what its input and output end in
/// gets
///   the sizes that they end in;
/// - an attention's key and output get leading sizes of 1 up to the same rank, at least 2;
/// - whatever still breaks the rule of its type is recorded as type "NAME*" without an operation, which has no rule.
void normalise_event(LayerEvent& event);

}  // namespace upmem_des::profiler
