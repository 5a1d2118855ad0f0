/// Changes to a platform file, from a scenario or the command line.
#pragma once

#include "util/yaml.hpp"

namespace upmem_des {

/// Puts `changes` into the tree of a platform file: a map with any of `host`, `links`, `devices` and `networks`. `host`
/// has keys of the file's host; the others have, by the name of an item of the file, keys of that item: {devices: {gpu:
/// {mem_bw_GBs: 4800}}}. What stands in both is replaced, maps key by key. Throws InputError on names that the file
/// does not have; whether the keys and values are good is for the reader of the file to say.
void apply_platform_changes(YamlNode& platform, const YamlNode& changes);

}  // namespace upmem_des
