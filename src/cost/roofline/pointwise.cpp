#include <algorithm>

#include "cost/roofline/operation_work.hpp"

namespace upmem_des {

namespace {

ElementwiseSizes::Kind function_kind(const operation::Pointwise& pointwise) {
  using Function = operation::Pointwise::Function;
  if (pointwise.gated) return ElementwiseSizes::Kind::Gated;
  switch (pointwise.function) {
    case Function::Binary:
    case Function::Residual:
      return ElementwiseSizes::Kind::Add;
    case Function::ClampedGlu:
      return ElementwiseSizes::Kind::Gated;
    case Function::Softmax:
      return ElementwiseSizes::Kind::Norm;
    default:
      return ElementwiseSizes::Kind::Other;
  }
}

}  // namespace

OperatorWork pointwise_work(const operation::Pointwise& pointwise, const OperatorCall& call) {
  using Function = operation::Pointwise::Function;
  const double read = call.event.input_shape.elements();
  const double written = call.event.output_shape.elements();
  OperatorWork work;
  work.elements = written;
  work.memory_bytes = call.element_bytes * (read + written);
  if (pointwise.gated) work.memory_bytes += call.element_bytes * written;
  switch (pointwise.function) {
    case Function::Binary:
    case Function::Residual:
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
  if (pointwise.function != Function::Pooling && pointwise.function != Function::Resample && written > 0) {
    ElementwiseSizes sizes;
    sizes.kind = function_kind(pointwise);
    sizes.width = static_cast<double>(call.event.output_shape.from_end(0));
    sizes.bytes = work.memory_bytes;
    work.sizes = sizes;
  }
  if (pointwise.in_experts) {
    work.of_experts.emplace();
    work.of_experts->is_launched = false;
    work.of_experts->row_bytes = work.memory_bytes;
  }
  return work;
}

}  // namespace upmem_des
