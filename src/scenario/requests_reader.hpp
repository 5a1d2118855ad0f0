/// The section workload.requests. Internal to the room.
#pragma once

#include <string>

#include "requests/requests_section.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Throws InputError on what is wrong with the section by itself, files that do not exist included; what files hold is
/// not read. `file` is the scenario's, for paths beside it.
RequestsSection read_requests(const YamlNode& node, const std::string& file);

}  // namespace upmem_des
