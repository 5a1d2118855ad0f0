#include <algorithm>

#include "cost/roofline/operation_work.hpp"

namespace upmem_des {

OperatorWork pointwise_work(const operation::Pointwise& pointwise, const OperatorCall& call) {
  using Function = operation::Pointwise::Function;
  const double read = call.event.input_shape.elements();
  const double written = call.event.output_shape.elements();
  OperatorWork work;
  work.elements = written;
  work.memory_bytes = call.element_bytes * (read + written);
  switch (pointwise.function) {
    case Function::Binary:
      // Traces do not record the second operand; it is taken to be as large as the output.
      work.memory_bytes += call.element_bytes * written;
      break;
    case Function::Pooling:  // the kernel is not in the trace
    case Function::Softmax:
      work.elements = read;
      break;
    case Function::Pass:
    case Function::ActivationPass:
      // Sums over one size read more than they write.
      work.elements = std::max(read, written);
      break;
    default:
      break;
  }
  return work;
}

}  // namespace upmem_des
