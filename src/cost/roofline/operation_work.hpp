/// The work of each kind of operation, as docs/models.md defines it; one file a kind. Internal to the room.
#pragma once

#include "upmem_des/cost/operator.hpp"
#include "upmem_des/operation/operation.hpp"

namespace upmem_des {

/// For elementwise operations: the class that a profile may state a time for, and the flop of each element that the
/// rule counts; flop 0 where the rule counts its own.
struct ElementRule {
  ElementClass kind = ElementClass::None;
  double flop = 0;
};
ElementRule element_rule(const Operation& operation);

/// The work of a call whose operation is of a kind that has a rule: all but Opaque. Throws InputError where the event's
/// shapes make no sense.
OperatorWork work_of(const Operation& operation, const OperatorCall& call);

// By kind.
OperatorWork product_work(const operation::Product& product, const OperatorCall& call);
OperatorWork attention_work(const operation::Attention& attention, const OperatorCall& call);
OperatorWork norm_work(const operation::Norm& norm, const OperatorCall& call);
OperatorWork pointwise_work(const operation::Pointwise& pointwise, const OperatorCall& call);
OperatorWork gather_work(const operation::Gather& gather, const OperatorCall& call);
OperatorWork convolution_work(const operation::Convolution& convolution, const OperatorCall& call);
OperatorWork movement_work(const operation::Movement& movement, const OperatorCall& call);
OperatorWork state_scan_work(const operation::StateScan& scan, const OperatorCall& call);
OperatorWork rotate_work(const operation::Rotate& rotate, const OperatorCall& call);
OperatorWork recurrent_work(const operation::Recurrent& recurrent, const OperatorCall& call);
OperatorWork counted_work(const operation::Counted& counted, const OperatorCall& call);
OperatorWork cache_write_work(const operation::CacheWrite& write, const OperatorCall& call);

/// Bytes of an id or position: PyTorch's are 64-bit integers.
inline constexpr double id_bytes = 8;

}  // namespace upmem_des
