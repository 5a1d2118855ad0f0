#include "cost/checks.hpp"
#include "cost/roofline/operation_work.hpp"
#include "trace/parameters.hpp"

namespace upmem_des {

/// Input [b, cin, …] or [cin, …], output [b, cout, …] or [cout, …] with as many sizes behind the channels as it has
/// dimensions: a multiplication and an addition for each output element, input channel of its group and place of the
/// kernel, and an addition for a bias. Transposed: for each input element, output channel of its group and place.
/// Traces that do not tell groups have one: grouped and depthwise convolutions are overestimated there.
OperatorWork convolution_work(const operation::Convolution& convolution, const OperatorCall& call) {
  const Shape& input = call.event.input_shape;
  const Shape& output = call.event.output_shape;
  const auto behind = static_cast<std::size_t>(convolution.dimensions);
  if (input.rank() < behind + 1 || output.rank() != input.rank())
    event_error(call.event, "input_shape " + input.str() + " and output_shape " + output.str() + "; expected " +
                                (behind == 2 ? "channels, height and width"
                                             : "channels and " + std::to_string(behind) + " sizes more") +
                                " in both");
  const double filter = filter_elements(convolution, call.event);
  const auto channels = static_cast<double>(output.from_end(behind));
  OperatorWork work;
  const double places = convolution.is_transposed
                            ? input.elements() / static_cast<double>(input.from_end(behind)) * channels
                            : output.elements();
  work.flop = 2 * places * filter + (convolution.bias ? output.elements() : 0);
  work.passes = call.passes(places / channels);
  const double biases = convolution.bias ? channels : 0;
  const double weight = operation::stored_bytes(convolution.stored, call.element_bytes);
  work.weight_bytes = work.passes * (weight * channels * filter + call.element_bytes * biases);
  work.memory_bytes = call.element_bytes * (input.elements() + output.elements());
  work.input_bytes = call.element_bytes * input.elements();
  work.output_bytes = call.element_bytes * output.elements();
  return work;
}

}  // namespace upmem_des
