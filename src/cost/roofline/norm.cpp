#include "cost/roofline/operation_work.hpp"
#include "trace/parameters.hpp"

namespace upmem_des {

/// Input and output are read and written once, parameters read once.
OperatorWork norm_work(const operation::Norm& norm, const OperatorCall& call) {
  OperatorWork work;
  work.elements = call.event.input_shape.elements();
  const double gate = norm.kind == operation::Norm::Kind::RmsGated ? work.elements : 0;
  work.weight_bytes = call.element_bytes * norm_parameters(norm.kind, call.event.input_shape);
  work.memory_bytes = call.element_bytes * (work.elements + gate + call.event.output_shape.elements());
  return work;
}

}  // namespace upmem_des
