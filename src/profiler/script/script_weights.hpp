/// What a TorchScript module tells of its weight. Internal to the room.
#pragma once

#include <torch/script.h>

#include "profiler/recorder.hpp"

namespace upmem_des::profiler {

/// The parameter "weight"; undefined where there is none.
at::Tensor weight_of(const torch::jit::Module& module);

/// Is there a parameter "bias"?
bool has_bias(const torch::jit::Module& module);

/// Fills weight, stride, padding and operation of `layer`, whose type is known: [in, out] of a Linear and a Conv1D, [d,
/// d] of what is called …RMSNorm, the kernel of a convolution along two sizes, [1, places] of other convolutions,
/// stride and padding of a Conv2d ("same" padding is what is added before the first row and column). Leaves [1, 1] of
/// everything else and of a module that has not what its type's name promises.
void describe_weight(const torch::jit::Module& module, LayerInfo& layer);

}  // namespace upmem_des::profiler
