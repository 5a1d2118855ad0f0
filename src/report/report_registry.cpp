#include "upmem_des/report/report_registry.hpp"

#include <algorithm>

#include "report/cost_csv.hpp"
#include "report/csv_report.hpp"
#include "report/json_report.hpp"
#include "upmem_des/trace/layer_event.hpp"
#include "upmem_des/util/error.hpp"
#include "util/output_file.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

std::vector<ReportFormat>& formats() {
  static std::vector<ReportFormat> all{
      {"json", "the whole result as JSON", result_json},
      {"csv", "a line for each type and name of event and phase as CSV", result_csv},
      {"cost-csv", "what the run costs, by unit and part, as CSV", cost_csv},
  };
  return all;
}

}  // namespace

void register_report(ReportFormat format) {
  const auto same = std::find_if(formats().begin(), formats().end(),
                                 [&](const ReportFormat& known) { return known.name == format.name; });
  if (same != formats().end())
    *same = std::move(format);
  else
    formats().push_back(std::move(format));
}

const std::vector<ReportFormat>& report_formats() {
  return formats();
}

std::string report_text(const std::string& format, const SimulationResult& result) {
  std::vector<std::string> names;
  for (const ReportFormat& known : formats()) {
    if (known.name == format) return known.text(result);
    names.push_back(known.name);
  }
  throw InputError("unknown report '" + format + "'; expected one of " + listed(names) + did_you_mean(format, names));
}

void write_report(const std::string& format, const SimulationResult& result, const std::string& path) {
  write_file(path, report_text(format, result));
}

void write_json(const SimulationResult& result, const std::string& path) {
  write_report("json", result, path);
}

void write_csv(const SimulationResult& result, const std::string& path) {
  write_report("csv", result, path);
}

}  // namespace upmem_des
