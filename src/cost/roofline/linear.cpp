#include "cost/checks.hpp"
#include "cost/roofline/builtin_operators.hpp"

namespace upmem_des {

namespace {

/// Input [..., in], weight [in, out], output [..., out]: 2 · rows · in · out flop, a multiplication and an addition for
/// each weight and row. The weights are read once, every row is read and written once. A bias is not counted: traces do
/// not tell whether there is one.
OperatorWork linear(const OperatorCall& call) {
  const Shape& weight = weight_of(call.event);
  const Shape& input = call.event.input_shape;
  if (input.from_end(0) != weight[0])
    event_error(call.event, "input_shape " + input.str() + " does not end in " + std::to_string(weight[0]) +
                                ", the in_features of weight_shape");
  const auto in = static_cast<double>(weight[0]);
  const auto out = static_cast<double>(weight[1]);
  const double rows = input.elements() / in;
  OperatorWork work;
  work.flop = 2 * rows * in * out;
  work.memory_bytes = call.element_bytes * (in * out + rows * (in + out));
  return work;
}

}  // namespace

void add_linear_operators(OperatorTable& table) {
  table.add("Linear", Operator(linear));
  table.add("Conv1D", Operator(linear));
}

}  // namespace upmem_des
