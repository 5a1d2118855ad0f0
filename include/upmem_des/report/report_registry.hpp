/// The files that a result can be written to.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// A kind of report: `run` offers it as the option --NAME FILE.
struct ReportFormat {
  std::string name;         ///< "json"
  std::string description;  ///< for the help text: "the whole result as JSON"
  std::function<std::string(const SimulationResult&)> text;
};

/// Adds a kind of report, or replaces the one of that name. `json`, `csv` and `cost-csv` are there from the start.
void register_report(ReportFormat format);

/// All kinds, in the order of registration.
const std::vector<ReportFormat>& report_formats();

/// The text of a report. Throws InputError when there is no such kind, and as its function does.
std::string report_text(const std::string& format, const SimulationResult& result);

/// Writes a report whole or not at all. Throws InputError when there is no such kind or the file cannot be written.
void write_report(const std::string& format, const SimulationResult& result, const std::string& path);

/// The whole result as JSON; docs/result.md describes it. Throws InputError when the file cannot be written.
void write_json(const SimulationResult& result, const std::string& path);
/// A row for each event class, phase and device. Throws InputError when the file cannot be written.
void write_csv(const SimulationResult& result, const std::string& path);

}  // namespace upmem_des
