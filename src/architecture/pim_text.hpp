/// The group `pim` of a profile. Internal to the room.
#pragma once

#include <string>

#include "upmem_des/architecture/pim_banks.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Throws InputError on what makes no sense.
PimBanks read_pim_banks(const YamlNode& node);

/// What the banks compute: "product, attention"; "": all.
std::string class_list(const PimBanks& pim);

/// As files have it: the group's lines, indented by two.
std::string pim_yaml(const PimBanks& pim);

}  // namespace upmem_des
