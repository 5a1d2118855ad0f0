/// The section workload. Internal to the room.
#pragma once

#include <string>

#include "scenario/scenario.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Throws InputError on what is wrong with the section by itself; `file` is the scenario's, for paths beside it.
Workload read_workload(const YamlNode& node, const std::string& file);

/// A path named by the scenario, or by an option on the command line; relative to the scenario or the working folder,
/// then to `data_subfolder` of the data folder, then to the data folder. Throws InputError where nothing is there.
std::string resolve_path(const YamlNode& node, const std::string& scenario_file,
                         const std::string& data_subfolder = "scenarios");

}  // namespace upmem_des
