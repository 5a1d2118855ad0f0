/// A scenario that is checked and not run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "run/device_map.hpp"
#include "scenario/scenario.hpp"

namespace upmem_des {

struct CheckedScenario {
  std::optional<std::int64_t> events;  ///< of the run; not known of a network that is still to be profiled
  std::string inputs;                  ///< see input_digest()
};

/// All that run() does before it starts SimGrid, but for running a network that is to be profiled: of that,
/// check_unprofiled(). Throws InputError and SimulationError as PreparedRun does; `warn` is told of what is unusual.
CheckedScenario check_scenario(const Scenario& scenario, const Warn& warn);

/// Throws InputError where the digest of the scenario's inputs is not `expected`; `inputs` is what it is.
void expect_inputs(const Scenario& scenario, const std::string& expected, const std::string& inputs);

}  // namespace upmem_des
