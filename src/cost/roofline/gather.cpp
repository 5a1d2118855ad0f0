#include "cost/roofline/operation_work.hpp"

namespace upmem_des {

OperatorWork gather_work(const operation::Gather& gather, const OperatorCall& call) {
  using Kind = operation::Gather::Kind;
  const Shape& output = call.event.output_shape;
  const double elements = output.elements();
  OperatorWork work;
  switch (gather.kind) {
    case Kind::Layer:
      // The rows asked for are read and written, the rest of the table is not touched. Of a bag they are summed.
      work.memory_bytes = id_bytes * call.event.input_shape.elements() + 2 * call.element_bytes * elements;
      if (gather.is_bag) {
        const double rows = call.event.input_shape.elements();
        const auto width = static_cast<double>(output.from_end(0));
        work.flop = rows * width;
        work.memory_bytes = id_bytes * rows + call.element_bytes * (rows * width + elements);
      }
      break;
    case Kind::Function:
      // Its first operand, which the trace shows, is the table; an id for each row of the output.
      work.memory_bytes =
          id_bytes * elements / static_cast<double>(output.from_end(0)) + 2 * call.element_bytes * elements;
      break;
    case Kind::Rotary:
      // Cosines and sines of the positions, once a pass: two tables of the output's shape are written; of the input
      // only the number of rows matters. Published traces give [b, t, hidden] as output, not the tables' true [b, t,
      // head width]: the work is then overestimated.
      work.elements = elements;
      work.memory_bytes =
          id_bytes * elements / static_cast<double>(output.from_end(0)) + 2 * call.element_bytes * elements;
      break;
  }
  if (elements > 0) {
    ElementwiseSizes sizes;
    sizes.kind = gather.kind == Kind::Rotary ? ElementwiseSizes::Kind::Rotary : ElementwiseSizes::Kind::Gather;
    sizes.width = static_cast<double>(output.from_end(0));
    sizes.bytes = work.memory_bytes;
    work.sizes = sizes;
  }
  return work;
}

}  // namespace upmem_des
