/// What a TorchScript module tells of its weight. Internal to the room.
#pragma once

#include <torch/script.h>

#include "profiler/recorder.hpp"

namespace upmem_des::profiler {

/// Fills weight, stride and padding of `layer`, whose type is known: [in, out] of a Linear, [d, d] of what is called
/// …RMSNorm, kernel, stride and padding of a Conv2d ("same" padding is what is added before the first row and column),
/// and leaves [1, 1] of everything else and of a module that has not what its type's name promises.
void describe_weight(const torch::jit::Module& module, LayerInfo& layer);

}  // namespace upmem_des::profiler
