/// A line of the mapping. Internal to the room.
#pragma once

#include <string>

#include "scenario/scenario.hpp"

namespace upmem_des {

/// "PIM-AI-4chip,t" as device and flags. Throws InputError where there is no device.
MappingEntry mapping_entry(const std::string& layer, const std::string& text, const SourceLocation& where);

/// Throws InputError where the default device has flags.
void check_default_device(const MappingEntry& entry);

}  // namespace upmem_des
