/// The machine of several equal instances.
#pragma once

#include <cstddef>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// HOST once, and everything else of an instance's machine so many times: device i > 0 of instance r is device
/// i + r · (devices − 1), its link l is link l + r · links. Devices of a group go on counting: gpu[0..1] of two
/// instances are gpu[0] to gpu[3]. It knows no routes: what moves between instances is not its to say.
PlatformSpec replicated(const PlatformSpec& instance, std::size_t replicas);

}  // namespace upmem_des
