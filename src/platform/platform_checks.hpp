/// What must hold between the parts of a platform file.
#pragma once

#include "platform/platform_file.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// Throws InputError on links that are under themselves, counts that are no multiple of the count above, links that no
/// device is under, and more than most_devices links.
void check_platform_tree(const PlatformFile& file);

/// Throws InputError, at `between`, where the last network has too few or too many devices, or two that another network
/// has, too.
void check_last_network(const PlatformFile& file, const YamlNode& between);

}  // namespace upmem_des
