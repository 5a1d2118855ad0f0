/// What every machine keeps to, whatever file it comes from.
#pragma once

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des::fuzz {

/// A finding where a figure is not finite or has no meaning, an index leads nowhere, or the machine cannot be written
/// down.
void expect_sound(const PlatformSpec& platform);

}  // namespace upmem_des::fuzz
