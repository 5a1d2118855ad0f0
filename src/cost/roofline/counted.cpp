#include "cost/roofline/operation_work.hpp"

namespace upmem_des {

/// As whoever wrote the trace says.
OperatorWork counted_work(const operation::Counted& counted, const OperatorCall& call) {
  const double shown = call.event.input_shape.elements() + call.event.output_shape.elements();
  OperatorWork work;
  work.flop = counted.flop;
  work.weight_bytes = call.element_bytes * counted.parameters;
  work.memory_bytes = call.element_bytes * (counted.elements > 0 ? counted.elements : shown);
  return work;
}

}  // namespace upmem_des
