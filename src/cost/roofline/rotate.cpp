#include "cost/roofline/flop_counts.hpp"
#include "cost/roofline/operation_work.hpp"

namespace upmem_des {

/// [.., heads, head width]: queries and keys are read and written, cosines and sines of each row read, which are as
/// wide as what is turned.
OperatorWork rotate_work(const operation::Rotate& rotate, const OperatorCall& call) {
  const Shape& shape = call.event.input_shape;
  const auto shown = static_cast<double>(shape.from_end(1));
  const double rows = shape.elements() / (shown * static_cast<double>(shape.from_end(0)));
  double heads = shown + (rotate.one_key ? 1 : 0);
  if (rotate.value_heads > 0) heads -= static_cast<double>(call.held_key_value_heads.value_or(rotate.value_heads));
  const auto width = static_cast<double>(rotate.width);
  OperatorWork work;
  work.flop = flop_counts::rotate * rows * heads * width;
  work.memory_bytes = call.element_bytes * rows * width * (2 * heads + 1);
  ElementwiseSizes sizes;
  sizes.kind = ElementwiseSizes::Kind::Rotary;
  sizes.width = static_cast<double>(shape.from_end(0)) * heads;
  sizes.bytes = work.memory_bytes;
  work.sizes = sizes;
  return work;
}

}  // namespace upmem_des
