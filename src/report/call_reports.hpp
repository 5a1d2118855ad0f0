/// Reports on calls, the same of a profile, a saved trace and a simulation.
#pragma once

#include <functional>
#include <string_view>

#include "report/call_tables.hpp"
#include "upmem_des/trace/event_source.hpp"

namespace upmem_des {

/// Which reports are wanted.
struct CallReports {
  bool layers = false;       ///< --report-layers
  bool functions = false;    ///< --report-functions
  bool log = false;          ///< --print-log
  bool log_summary = false;  ///< --print-log-summary

  bool any() const { return layers || functions || log || log_summary; }
};

/// Reads a trace to its end, once, and hands the reports wanted on its measured times to `write`: the log as it goes,
/// then log summary, layers and functions, an empty line between one and the next. Events without a time are counted
/// and have "-" for it. `sim_compute`: heavy operators were not computed, which every table says. Throws InputError as
/// the source does.
void write_call_reports(EventSource& source, const CallReports& reports, bool sim_compute,
                        const std::function<void(std::string_view)>& write);

}  // namespace upmem_des
