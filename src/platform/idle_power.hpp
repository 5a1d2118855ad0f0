/// What a machine draws whatever it does, and what it can draw.
#pragma once

#include <cstddef>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// W of all devices, HOST among them. `copies`: so many of each but HOST, which they share.
double idle_W(const PlatformSpec& platform, std::size_t copies = 1);

/// W of all devices and links at once, each at its ratings: a device has one kind of arithmetic at work at a time.
double most_W(const PlatformSpec& platform);

}  // namespace upmem_des
