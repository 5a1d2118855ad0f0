#include "cost/roofline/operation_work.hpp"

namespace upmem_des {

/// Nothing is computed; what is copied has been read, from operands of which the trace shows the first only.
OperatorWork movement_work(const operation::Movement& movement, const OperatorCall& call) {
  OperatorWork work;
  const double times = movement.kind == operation::Movement::Kind::Copy ? 2 : 1;
  work.memory_bytes = times * call.element_bytes * call.event.output_shape.elements();
  return work;
}

}  // namespace upmem_des
