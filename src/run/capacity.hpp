/// What devices hold against what they can. Internal to the room.
#pragma once

#include <string>
#include <vector>

#include "plan/memory_account.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// "" where every device's weights, KV cache and activations are within its capacity, where it has one; else which
/// devices lack how much, in one line without an end.
std::string missing_capacity(const PlatformSpec& platform, const std::vector<HeldBytes>& held);

}  // namespace upmem_des
