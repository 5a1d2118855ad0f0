#include "cost/roofline/operation_work.hpp"
#include "trace/parameters.hpp"

namespace upmem_des {

/// Input and output are read and written once, parameters read once.
OperatorWork norm_work(const operation::Norm& norm, const OperatorCall& call) {
  OperatorWork work;
  work.elements = call.event.input_shape.elements();
  const double gate = norm.kind == operation::Norm::Kind::RmsGated ? work.elements : 0;
  work.weight_bytes = call.element_bytes * norm_parameters(norm, call.event.input_shape);
  // An addition before it: the second operand is read, the sum written.
  const double added = norm.adds ? 2 * work.elements : 0;
  work.memory_bytes = call.element_bytes * (work.elements + gate + added + call.event.output_shape.elements());
  if (normalizes_rows(norm)) {
    ElementwiseSizes sizes;
    sizes.kind = ElementwiseSizes::Kind::Norm;
    sizes.width = static_cast<double>(call.event.input_shape.from_end(0));
    sizes.bytes = work.memory_bytes + work.weight_bytes;
    work.sizes = sizes;
  }
  return work;
}

}  // namespace upmem_des
