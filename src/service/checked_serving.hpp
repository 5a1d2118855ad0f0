/// A scenario that serves requests, checked and not run.
#pragma once

#include <memory>
#include <string>

#include "requests/request_source.hpp"
#include "run/device_map.hpp"
#include "scenario/scenario.hpp"
#include "service/serve.hpp"

namespace upmem_des {

/// All that is known of it before SimGrid starts.
struct CheckedServing {
  std::unique_ptr<PreparedServing> prepared;
  std::unique_ptr<RequestSource> requests;
  std::string inputs;  ///< see input_digest()
};

/// Reads and checks everything that serving a scenario needs, files of requests to their ends. Throws InputError and
/// SimulationError as PreparedServing does, and InputError on whatever is wrong with a file of requests; `warn` is told
/// of what is unusual.
CheckedServing check_serving(const Scenario& scenario, const Warn& warn);

}  // namespace upmem_des
