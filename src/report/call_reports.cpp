#include "report/call_reports.hpp"

#include <optional>

#include "report/measured_log.hpp"

namespace upmem_des {

namespace {

std::optional<double> measured_s(const LayerEvent& event) {
  if (!event.duration_ns) return std::nullopt;
  return *event.duration_ns * 1e-9;
}

}  // namespace

void write_call_reports(EventSource& source, const CallReports& reports, bool sim_compute,
                        const std::function<void(std::string_view)>& write) {
  std::optional<MeasuredLog> log;
  if (reports.log) log.emplace(write);
  CallTotals calls;
  LayerEvent event;
  while (source.next(event)) {
    if (log) log->add(event);
    calls.add(event, event.phase, measured_s(event));
  }
  const TimeOrigin origin = sim_compute ? TimeOrigin::NotComputed : TimeOrigin::Measured;
  bool first = !reports.log;
  const auto append = [&](const std::string& table) {
    if (!first) write("\n");
    first = false;
    write(table);
  };
  if (reports.log_summary) append(class_table(calls, origin));
  if (reports.layers) append(layers_table(calls, origin));
  if (reports.functions) append(functions_table(calls, origin));
}

}  // namespace upmem_des
