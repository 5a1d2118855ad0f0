/// `upmem-des run` of a scenario with requests.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "run/device_map.hpp"
#include "scenario/scenario.hpp"

namespace upmem_des {

struct ServingOutputs {
  std::map<std::string, std::string> report_files;  ///< by kind of report; only "json" is known of served requests
  std::string requests_csv;                         ///< a row a request; empty: none
  std::string series_csv;                           ///< a row a span; empty: none
  std::string expected_inputs;                      ///< a digest; empty: whatever they are
  double series_s = 1;                              ///< how long a span is
  std::string perfetto;                             ///< a timeline; empty: none
  std::string paje;                                 ///< another; empty: none
  std::string html;                                 ///< a page; empty: none
  bool quiet = false;
  std::optional<bool> what_if;  ///< say what a faster machine would gain; not said: where it is soon done
  bool dry_run = false;
};

/// Checks, serves, writes what was asked for and prints the summary. Throws InputError and SimulationError as
/// PreparedServing and serve() do.
void run_serving(const Scenario& scenario, const ServingOutputs& outputs, const Warn& warn);

}  // namespace upmem_des
