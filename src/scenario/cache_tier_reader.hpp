/// Reads serving.cache_tier. Internal to the room.
#pragma once

#include "scenario/serving_section.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Throws InputError on everything that can be known without the devices.
CacheTierSection read_cache_tier(const YamlNode& node);

/// The section with every default filled in; read_cache_tier() reads it back.
YamlNode cache_tier_value(const CacheTierSection& section);

}  // namespace upmem_des
