#include "cost/checks.hpp"
#include "cost/roofline/builtin_operators.hpp"
#include "cost/roofline/flop_counts.hpp"

namespace upmem_des {

namespace {

/// Input [b, cin, h, w] or [cin, h, w], output [b, cout, ho, wo] or [cout, ho, wo], weight_shape the kernel [kh, kw]:
/// a multiplication and an addition for each output element, input channel and place of the kernel. Traces do not tell
/// groups: one is assumed, so grouped and depthwise convolutions are overestimated.
OperatorWork convolution(const OperatorCall& call) {
  const Shape& input = call.event.input_shape;
  const Shape& output = call.event.output_shape;
  if (input.rank() < 3 || output.rank() != input.rank())
    event_error(call.event, "input_shape " + input.str() + " and output_shape " + output.str() +
                                "; expected channels, height and width in both");
  const Shape& kernel = weight_of(call.event);
  const double filter =
      static_cast<double>(input.from_end(2)) * static_cast<double>(kernel[0]) * static_cast<double>(kernel[1]);
  OperatorWork work;
  work.flop = 2 * output.elements() * filter;
  work.memory_bytes =
      call.element_bytes * (static_cast<double>(output.from_end(2)) * filter + input.elements() + output.elements());
  return work;
}

/// Every input element is read and used once: the kernel is not in the trace.
OperatorWork pooling(const OperatorCall& call) {
  OperatorWork work;
  work.elements = call.event.input_shape.elements();
  work.memory_bytes = call.element_bytes * (work.elements + call.event.output_shape.elements());
  return work;
}

}  // namespace

void add_convolution_operators(OperatorTable& table) {
  table.add("Conv2d", Operator(convolution));
  for (const char* type :
       {"MaxPool2d", "AvgPool2d", "AdaptiveMaxPool2d", "AdaptiveAvgPool2d", "max_pool2d", "avg_pool2d",
        "adaptive_max_pool2d", "adaptive_avg_pool2d", "MaxPool1d", "AvgPool1d", "max_pool1d", "avg_pool1d"})
    table.add(type, Operator(ElementClass::None, flop_counts::pooling, pooling));
}

}  // namespace upmem_des
