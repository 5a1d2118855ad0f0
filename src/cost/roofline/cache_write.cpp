#include "cost/roofline/operation_work.hpp"

namespace upmem_des {

/// [.., heads, width]: read as activations, written in the cache's format, to the place whose id stands for the row.
OperatorWork cache_write_work(const operation::CacheWrite& /*write*/, const OperatorCall& call) {
  const Shape& shape = call.event.input_shape;
  const double elements = shape.elements();
  const double rows = elements / static_cast<double>(shape.from_end(0) * shape.from_end(1));
  OperatorWork work;
  work.memory_bytes = id_bytes * rows + (call.element_bytes + call.kv_element_bytes) * elements;
  ElementwiseSizes sizes;
  sizes.kind = ElementwiseSizes::Kind::Gather;
  sizes.width = static_cast<double>(shape.from_end(0) * shape.from_end(1));
  sizes.bytes = work.memory_bytes;
  work.sizes = sizes;
  return work;
}

}  // namespace upmem_des
