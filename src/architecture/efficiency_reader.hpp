/// The section efficiency of a profile. Internal to the room.
#pragma once

#include "upmem_des/efficiency/efficiency_table.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Forms by name, in each formats (or `any`) with the numbers of the form. Throws InputError on names and keys that
/// there are not, and numbers outside a parameter's range.
EfficiencyTable read_efficiency_table(const YamlNode& node);

}  // namespace upmem_des
