/// The section parallel. Internal to the room.
#pragma once

#include "scenario/scenario.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Throws InputError on everything that can be known without the devices, and where the mapping of `scenario`, which
/// has been read, says what the section does.
ParallelSection read_parallel(const YamlNode& node, const Scenario& scenario);

/// What read_parallel() reads back.
YamlNode parallel_value(const ParallelSection& parallel);

}  // namespace upmem_des
