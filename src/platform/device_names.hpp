/// Devices by name, and the other way round.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/platform/indices.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

struct PlatformSpec;
struct RouteSpec;

/// The devices that a text means: "HOST", a group ("dimm": all of it), one of a group ("dimm[3]"), a range with both
/// ends ("dimm[0..7]"), or several of these joined by '+'. In place of a group stands, with hyphens or underscores, an
/// architecture that exactly one group has. In the order of the text, all different, at least one. Throws InputError at
/// `where`: `key` otherwise, with the nearest known name for an unknown one.
std::vector<DeviceIndex> resolve_devices(const PlatformSpec& platform, const std::string& text,
                                         const SourceLocation& where, const std::string& key);

/// A name that resolve_devices() reads back ("dimm" for a whole group, "dimm[0..7]", "dimm[0]+dimm[2]"), or, where that
/// is longer than 40 characters, "12 devices".
std::string device_set_name(const PlatformSpec& platform, const std::vector<DeviceIndex>& devices);

/// For people: "HOST to dimm[2]", "HOST to 24 devices".
std::string route_name(const PlatformSpec& platform, const RouteSpec& route);

}  // namespace upmem_des
