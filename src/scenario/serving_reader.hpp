/// Reads the section `serving`. Internal to the room.
#pragma once

#include <string>

#include "scenario/serving_section.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Throws InputError on keys, values and names of schedulers and routers that there are not. `file` is the scenario's.
ServingSection read_serving(const YamlNode& node, const std::string& file);

/// What holds where a scenario with requests says nothing of `serving`; messages name `node`'s line.
ServingSection default_serving(const YamlNode& node);

/// The section with every default filled in that does not depend on devices.
YamlNode serving_value(const ServingSection& serving);

}  // namespace upmem_des
