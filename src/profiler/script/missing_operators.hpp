/// Operators of newer versions of libtorch. Internal to the room.
#pragma once

#include <string>

namespace upmem_des::profiler {

/// Registers an operator that takes anything, is said to give a tensor, and fails when it is called. So a file that
/// mentions an operator which this libtorch does not have can be loaded, and run as long as it does not come to it.
/// False where this has been tried with that name.
bool stand_in_for(const std::string& name);

}  // namespace upmem_des::profiler
