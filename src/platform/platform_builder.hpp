/// From a platform file to the machine.
#pragma once

#include <functional>

#include "platform/platform_file.hpp"
#include "upmem_des/architecture/catalogue.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// The machine that a file describes: HOST, then the devices in the file's order. `host_profile` makes of the
/// catalogue's host what the cost model takes it for; `ratings` and `host_link` are those of generate_platform(), which
/// gives the same for a file of one device without links and networks that is named as its architecture. Links: HOST's
/// to itself, then the shared ones, then two for each device, then the networks'; routes in the same order, with those
/// of broadcasts before those of networks. Throws InputError on unknown architectures.
PlatformSpec build_platform(const PlatformFile& file, const Catalogue& catalogue,
                            const std::function<Architecture(const Architecture&)>& host_profile,
                            const std::function<DeviceRatings(const Architecture&)>& ratings, bool host_link);

}  // namespace upmem_des
