/// What collectives a platform's devices would take.
#pragma once

#include <string>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// A table of collectives of each group of devices and of each network, at sizes from 16 kB to 1 GB: the algorithm that
/// is taken and how long it takes while nobody else uses the links; a broadcast from HOST, a gather and a reduce to the
/// first device. Of equal networks, the first; empty where no two devices work together. Throws InputError on
/// algorithms that the platform fixes and that there are not.
std::string collective_overview(PlatformSpec platform, double bytes_per_element);

}  // namespace upmem_des
