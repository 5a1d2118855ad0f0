/// What a profile was measured on. Internal to the room.
#pragma once

#include <cstdint>

#include "profile/profile_reply.hpp"

namespace upmem_des::profiler {

/// Lets libtorch compute with that many threads; 0 leaves it its own choice.
void set_threads(std::int64_t threads);

/// Fills threads, cpu ("unknown" where the kernel does not tell) and libtorch.
void describe_machine(ProfileReply& reply);

}  // namespace upmem_des::profiler
