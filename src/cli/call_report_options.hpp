/// The options that every command with a run to report on has.
#pragma once

#include <CLI/App.hpp>

#include "report/call_reports.hpp"

namespace upmem_des {

/// --report-layers, --report-functions, --print-log and --print-log-summary, into `reports`.
void add_call_report_options(CLI::App& command, CallReports& reports);

}  // namespace upmem_des
