/// In which proportion devices share work. Internal to the room.
#pragma once

#include "scenario/mapping_section.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// `by_rate`, or a list of numbers. Throws InputError on anything else, numbers below 0 and a sum of 0.
Shares read_shares(const YamlNode& node);

/// What read_shares() reads back; not of equal ones.
YamlNode shares_value(const Shares& shares);

}  // namespace upmem_des
