#include "cost/roofline/operation_work.hpp"

namespace upmem_des {

/// Input [b, t, …], output [b, t, …]: every row is read and written once, the state of each of the b sequences read and
/// written once a pass, parameters read once. With slices the sequences are theirs.
OperatorWork state_scan_work(const operation::StateScan& scan, const OperatorCall& call) {
  const Shape& input = call.event.input_shape;
  const Shape& output = call.event.output_shape;
  auto sequences = static_cast<double>(input.rank() >= 3 ? input[0] : 1);
  if (call.event.slices != nullptr) {
    sequences = 0;
    for (const Slice& slice : *call.event.slices) sequences += static_cast<double>(slice.sequences);
  }
  OperatorWork work;
  work.flop = scan.flop_per_row * input.elements() / static_cast<double>(input.from_end(0));
  work.weight_bytes = call.element_bytes * scan.parameters;
  work.memory_bytes = call.element_bytes * (input.elements() + output.elements());
  work.kv_bytes = 2 * call.kv_element_bytes * sequences * scan.state_elements;
  return work;
}

}  // namespace upmem_des
