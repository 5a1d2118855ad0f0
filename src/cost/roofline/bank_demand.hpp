/// What an operation asks of a memory with arithmetic in its banks. Internal to the room.
#pragma once

#include "cost/roofline/operation_work.hpp"
#include "upmem_des/architecture/architecture.hpp"
#include "upmem_des/cost/demand.hpp"
#include "upmem_des/cost/operator.hpp"

namespace upmem_des {

/// Is it the banks that compute this? What computes nothing is theirs, too. `flop`: of the whole operation.
bool runs_in_banks(const PimBanks& pim, OperatorClass kind, ElementClass element, double flop);

/// `step`, as if the memory only had to stream, with rows that are opened, vectors written to the banks and results
/// read from them before; then the softmax of fused attention on the controller, where there is one.
Demand bank_demand(Step step, const OperatorWork& work, const Architecture& device);

/// The time and energy of `step` where the controller does it: `s_per_element` as the profile says, or none.
Demand controller_demand(Step step, const OperatorWork& work, const std::optional<double>& s_per_element,
                         const Architecture& device);

/// What these may draw beyond the ratings of memory and vectors.
void add_bank_ratings(const Architecture& device, DeviceRatings& ratings);

}  // namespace upmem_des
