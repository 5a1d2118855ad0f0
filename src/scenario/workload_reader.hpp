/// The section workload. Internal to the room.
#pragma once

#include <string>

#include "scenario/scenario.hpp"
#include "upmem_des/util/find_file.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Throws InputError on what is wrong with the section by itself; `file` is the scenario's, for paths beside it.
Workload read_workload(const YamlNode& node, const std::string& file);

/// A path named by the scenario, or by an option on the command line; found as find_data_file() finds it beside the
/// scenario or in the working folder. Throws InputError where nothing is there.
std::string resolve_path(const YamlNode& node, const std::string& scenario_file, FileKind kind = FileKind::other);

}  // namespace upmem_des
