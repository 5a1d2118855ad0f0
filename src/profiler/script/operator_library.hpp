/// Operators of others. Internal to the room.
#pragma once

#include <string>

namespace upmem_des::profiler {

/// Loads a shared library whose operators networks can call then, for the rest of the process; what it runs when it is
/// loaded runs. Throws InputError ("FILE: …") where it is no shared library, one for another libtorch, and where
/// something that it needs is missing.
void load_operator_library(const std::string& path);

/// Where to find an operator ("torchvision::nms") that libtorch does not have, as errors end.
std::string expected_operator(const std::string& name);

}  // namespace upmem_des::profiler
