/// What a program may have set that no scenario file can say.
#pragma once

#include "scenario/scenario.hpp"

namespace upmem_des {

/// Throws InputError, naming the member ("workload.run.prompt_tokens"), where one is set that has no effect on this
/// kind of workload or beside the others, contradicts another, or is out of its range. What load_scenario() gives, and
/// names of devices and files, are checked elsewhere.
void check_settings(const Scenario& scenario);

/// Throws InputError where `interleave` stands beside an option that it does not go with. Files are held to it, too.
void check_interleave(const SimulationSection& simulation);

}  // namespace upmem_des
