/// What a machine draws whatever it does.
#pragma once

#include <cstddef>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// W of all devices, HOST among them. `copies`: so many of each but HOST, which they share.
double idle_W(const PlatformSpec& platform, std::size_t copies = 1);

}  // namespace upmem_des
