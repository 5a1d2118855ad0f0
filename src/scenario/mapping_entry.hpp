/// A line of the mapping. Internal to the room.
#pragma once

#include <string>

#include "scenario/mapping_section.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// "PIM-AI-4chip,t" as device and flags; `entry` has its layer, section and place. Throws InputError where there is no
/// device.
void set_place(MappingEntry& entry, const std::string& text);

/// "PIM-AI-4chip,t" or {devices: …, split: …, flags: …}. Throws InputError on anything else.
MappingEntry read_mapping_entry(const std::string& section, const std::string& layer, const YamlNode& node);

/// The text where there is no split, else the mapping; read_mapping_entry() reads back what is equal.
YamlNode mapping_value(const MappingEntry& entry);

/// The same as a mapping, {devices: …}.
YamlNode place_value(const MappingEntry& entry);

/// Throws InputError where the default device has flags.
void check_default_device(const MappingEntry& entry);

}  // namespace upmem_des
