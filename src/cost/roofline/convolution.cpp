#include "cost/checks.hpp"
#include "cost/roofline/operation_work.hpp"

namespace upmem_des {

/// Input [b, cin, h, w] or [cin, h, w], output [b, cout, ho, wo] or [cout, ho, wo], weight_shape the kernel [kh, kw]:
/// a multiplication and an addition for each output element, input channel of its group and place of the kernel. Traces
/// of today do not tell groups: one is assumed there, so grouped and depthwise convolutions are overestimated.
OperatorWork convolution_work(const operation::Convolution& convolution, const OperatorCall& call) {
  const Shape& input = call.event.input_shape;
  const Shape& output = call.event.output_shape;
  if (input.rank() < 3 || output.rank() != input.rank())
    event_error(call.event, "input_shape " + input.str() + " and output_shape " + output.str() +
                                "; expected channels, height and width in both");
  const Shape& kernel = weight_of(call.event);
  const double filter = static_cast<double>(input.from_end(2)) / static_cast<double>(convolution.groups) *
                        static_cast<double>(kernel[0]) * static_cast<double>(kernel[1]);
  OperatorWork work;
  work.flop = 2 * output.elements() * filter;
  work.weight_bytes = call.element_bytes * static_cast<double>(output.from_end(2)) * filter;
  work.memory_bytes = call.element_bytes * (input.elements() + output.elements());
  return work;
}

}  // namespace upmem_des
