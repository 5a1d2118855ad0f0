/// What the machine of a scenario costs. Internal to the library.
#pragma once

#include <cstddef>

#include "price/priced_machine.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// The machine with the prices of profiles, of the platform in their place, and of the scenario in place of those.
/// `copies`: so many of its devices and other parts stand beside one host. Throws InputError on prices of devices that
/// the machine does not have.
PricedMachine priced_machine(const CostSection& cost, const PlatformSpec& platform, std::size_t copies = 1);

}  // namespace upmem_des
