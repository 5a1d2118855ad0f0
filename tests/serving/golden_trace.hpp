/// Traces of vLLM's scheduler, step by step.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "upmem_des/requests/request.hpp"
#include "upmem_des/serving/scheduler_options.hpp"

namespace upmem_des {

struct GoldenTrace {
  std::string name;
  SchedulerOptions options;
  std::vector<Request> requests;   ///< by their step of arrival; those of one step as in the file
  std::vector<int> arrival_steps;  ///< of each
  std::vector<std::string> names;  ///< of each
  nlohmann::json steps;            ///< the records, as in the file
};

/// The traces of a file, plain or gzip: one JSON value, or one a line; each a trace, a list of them as "examples", or a
/// note. Throws std::runtime_error on what it cannot read, and on keys that it does not know, by name.
std::vector<GoldenTrace> read_golden_traces(const std::string& path);

}  // namespace upmem_des
