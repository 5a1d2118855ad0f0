/// What adding tensors and passing them on costs, as collectives do.
#pragma once

#include "upmem_des/architecture/architecture.hpp"
#include "upmem_des/cost/demand.hpp"

namespace upmem_des {

/// Adds `tensors` tensors of `elements` elements of `bytes_per_element` bytes: (tensors − 1) · elements flop; all are
/// read and one is written. The device's peak and bandwidth with their efficiencies, and its launch overhead,
/// but for what belongs to a kernel that has been launched. Nothing for fewer than two tensors, or empty ones.
Demand sum_demand(const Architecture& device, double tensors, double elements, double bytes_per_element,
                  bool is_launched = true);

/// Passes on bytes that others send it and fetch: at the rate of its memory, each once, since they are read where they
/// have just been written.
Demand passing_demand(const Architecture& device, double bytes);

}  // namespace upmem_des
