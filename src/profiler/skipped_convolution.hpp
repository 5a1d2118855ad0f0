/// Convolutions that are not computed. Internal to the room.
#pragma once

#include <torch/library.h>

namespace upmem_des::profiler {

/// Replaces the operator that all convolutions of libtorch end in, whatever their dimensions and the library that would
/// compute them, by one that gives zeros.
void replace_convolutions(torch::Library& library);

}  // namespace upmem_des::profiler
