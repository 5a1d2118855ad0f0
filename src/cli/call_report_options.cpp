#include "cli/call_report_options.hpp"

namespace upmem_des {

void add_call_report_options(CLI::App& command, CallReports& reports) {
  command.add_flag("--report-layers", reports.layers, "A line for each layer, in creation order: calls, mean time");
  command.add_flag("--report-functions", reports.functions,
                   "A line for each type and name of function: calls, mean time");
  command.add_flag("--print-log", reports.log, "A line for each event, in order of time");
  command.add_flag("--print-log-summary", reports.log_summary, "A line for each type and name of event, by phase");
}

}  // namespace upmem_des
