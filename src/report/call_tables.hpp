/// Calls as tables.
#pragma once

#include <string>

#include "report/call_totals.hpp"

namespace upmem_des {

/// Where times come from. Every table says it.
enum class TimeOrigin {
  Measured,     ///< on the CPU
  NotComputed,  ///< measured while heavy operators were left out
  Simulated,    ///< transfers of the call included
};

/// --report-layers: a line for each layer in creation order: id, path or name, type, device if simulated, input, weight
/// and output, calls, mean time over all and by phase, total time, share of all calls' time. "-" where no time is
/// known.
std::string layers_table(const CallTotals& calls, TimeOrigin origin);

/// --report-functions: the same for functions by type and name, the longest total time first.
std::string functions_table(const CallTotals& calls, TimeOrigin origin);

/// --print-log-summary of a measured run: for each phase a line for each type and name of layer or function, the
/// longest first: calls, time, share of the phase's calls, mean time.
std::string class_table(const CallTotals& calls, TimeOrigin origin);

}  // namespace upmem_des
