/// Results back from JSON.
#pragma once

#include <string>
#include <variant>

#include "upmem_des/result/serving_result.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// Of a batch, or of requests that were served.
using AnyResult = std::variant<SimulationResult, ServingRun>;

/// Reads what write_json() or serving_json() wrote. `origin` stands for the file's name. Throws InputError on anything
/// else.
AnyResult parse_any_result_json(const std::string& text, const std::string& origin);

/// The same of a file of at most 64 MiB; "-" is standard input. Throws InputError where it cannot be read, too, and on
/// a named pipe.
AnyResult read_any_result_file(const std::string& path);

/// Reads what write_json() wrote. `origin` stands for the file's name. Throws InputError on anything else.
SimulationResult parse_result_json(const std::string& text, const std::string& origin);

/// The same of a file of at most 64 MiB. Throws InputError where it cannot be read, too, and on a named pipe.
SimulationResult read_result_file(const std::string& path);

}  // namespace upmem_des
