/// Reads serving.disaggregation. Internal to the room.
#pragma once

#include "scenario/serving_section.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Throws InputError on everything that can be known without the devices.
DisaggregationSection read_disaggregation(const YamlNode& node);

/// The section with every default filled in; read_disaggregation() reads it back.
YamlNode disaggregation_value(const DisaggregationSection& section);

}  // namespace upmem_des
