#include <algorithm>

#include "cost/checks.hpp"
#include "cost/roofline/flop_counts.hpp"
#include "cost/roofline/operation_work.hpp"
#include "trace/parameters.hpp"

namespace upmem_des {

namespace {

/// Of each number of a state: gates, and what they do with it.
double pointwise_flop(operation::Recurrent::Cell cell) {
  switch (cell) {
    case operation::Recurrent::Cell::Lstm:
      return flop_counts::lstm_cell;
    case operation::Recurrent::Cell::Gru:
      return flop_counts::gru_cell;
    case operation::Recurrent::Cell::Rnn:
      break;
  }
  return flop_counts::rnn_cell;
}

}  // namespace

/// Input [steps, batch, in], [batch, steps, in] or [steps, in], of a cell [batch, in] or [in]. The products with a
/// layer's inputs are one for all steps, so that their matrix is read once; a step's product with the state waits for
/// the step before, and reads its matrix again unless the matrices of the state have room in the device's last level of
/// cache.
OperatorWork recurrent_work(const operation::Recurrent& recurrent, const OperatorCall& call) {
  const Shape& input = call.event.input_shape;
  const std::size_t needed = recurrent.is_step ? 1 : 2;
  if (input.rank() < needed || input.rank() > needed + 1)
    event_error(call.event, "input_shape " + input.str() + "; expected " +
                                (recurrent.is_step ? "batch and width" : "steps, batch and width"));
  const RecurrentSizes sizes = recurrent_sizes(recurrent, call.event);
  const auto directions = static_cast<double>(recurrent.directions);
  const double width = sizes.input;
  const double rows = input.elements() / width;
  const auto steps = static_cast<double>(recurrent.is_step                               ? 1
                                         : input.rank() == 3 && recurrent.is_batch_first ? input[1]
                                                                                         : input[0]);
  const double batch = rows / steps;
  const double gates = static_cast<double>(recurrent.gates()) * sizes.hidden;
  const double element = call.element_bytes;
  const double weight = operation::stored_bytes(recurrent.stored, element);

  OperatorWork work;
  for (std::int64_t layer = 0; layer < recurrent.layers; ++layer) {
    const double in = layer == 0 ? width : directions * sizes.output;
    const double from_state = gates * sizes.output + (recurrent.projection > 0 ? sizes.hidden * sizes.output : 0);
    work.flop += directions * rows * (2 * gates * in + 2 * from_state + pointwise_flop(recurrent.cell) * sizes.hidden);
    if (recurrent.bias) work.flop += directions * rows * 2 * gates;
    const double times = weight * from_state <= call.cache_bytes ? 1 : steps;
    const double biases = recurrent.bias ? 2 * gates * element : 0;
    work.weight_bytes +=
        directions * (weight * (call.passes(rows) * gates * in + call.passes(batch) * times * from_state) + biases);
    work.memory_bytes += element * rows * directions * (in + sizes.output);
  }
  const double states = recurrent.cell == operation::Recurrent::Cell::Lstm ? sizes.hidden + sizes.output : sizes.output;
  work.memory_bytes += 2 * element * static_cast<double>(recurrent.layers) * directions * batch * states;
  work.passes = call.passes(rows);
  work.input_bytes = element * input.elements();
  work.output_bytes = element * call.event.output_shape.elements();
  return work;
}

}  // namespace upmem_des
