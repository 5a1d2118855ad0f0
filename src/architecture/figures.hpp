/// The numbers that files about devices and links are made of.
#pragma once

#include "util/yaml.hpp"

namespace upmem_des {

/// A rate or a size: 1e-9 to 1e18, in the file's unit. Throws InputError otherwise.
double yaml_rate(const YamlNode& node);

/// An energy, power or time: 0 to 1e18. Throws InputError otherwise.
double yaml_amount(const YamlNode& node);

/// A rate in GB/s as bytes per second, or a size in GB as bytes: yaml_rate() x 1e9.
double yaml_giga(const YamlNode& node);

/// An energy in pJ per bit as J per byte: yaml_amount() x 8 x 1e-12.
double yaml_pj_per_bit(const YamlNode& node);

/// A time in ns as seconds: yaml_amount() x 1e-9.
double yaml_ns(const YamlNode& node);

/// A reached share: 1e-9 to 1. Throws InputError otherwise.
double yaml_share(const YamlNode& node);

}  // namespace upmem_des
