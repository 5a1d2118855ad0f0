/// The section mapping. Internal to the room.
#pragma once

#include "scenario/scenario.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Layer ranges that a section may have: more than there are decoder layers in any model, and few enough to be
/// searched.
constexpr std::size_t max_layer_ranges = 1024;

/// The greatest number of a decoder layer.
constexpr std::int64_t max_layer = 1'000'000;

/// Sets scenario.mapping and scenario.phase_mapping. Throws InputError on everything that can be known without the
/// devices.
void read_mapping(const YamlNode& node, Scenario& scenario);

}  // namespace upmem_des
