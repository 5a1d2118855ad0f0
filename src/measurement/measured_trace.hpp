/// Measured kernels from traces.
#pragma once

#include <string>

#include "measurement/measured_rows.hpp"

namespace upmem_des {

/// Adds the calls of a trace that were measured (upmem-des profile, scripts/capture_torch.py) as kernels of HOST, those
/// of a class that a form of efficiency is for; others, and calls of less than a microsecond, count as too short.
/// Throws InputError as JsonlReader does, and on a trace without measured times.
void read_measured_trace(const std::string& path, MeasuredRows& rows);

}  // namespace upmem_des
