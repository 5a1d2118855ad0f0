#include "cost/checks.hpp"
#include "cost/roofline/operation_work.hpp"
#include "trace/parameters.hpp"

namespace upmem_des {

/// Input [b, cin, …] or [cin, …], output [b, cout, …] or [cout, …] with as many sizes behind the channels as it has
/// dimensions: a multiplication and an addition for each output element, input channel of its group and place of the
/// kernel, and an addition for a bias. Traces that do not tell groups have one: grouped and depthwise convolutions are
/// overestimated there.
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
  work.flop = 2 * output.elements() * filter + (convolution.bias ? output.elements() : 0);
  work.passes = call.passes(output.elements() / channels);
  work.weight_bytes = work.passes * (call.element_bytes * channels * (filter + (convolution.bias ? 1 : 0)));
  work.memory_bytes = call.element_bytes * (input.elements() + output.elements());
  work.input_bytes = call.element_bytes * input.elements();
  work.output_bytes = call.element_bytes * output.elements();
  return work;
}

}  // namespace upmem_des
