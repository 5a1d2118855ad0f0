/// Layers of torch.ao.nn.quantized. Internal to the room.
#pragma once

#include <torch/script.h>

#include "profiler/parameter_table.hpp"
#include "profiler/recorder.hpp"

namespace upmem_des::profiler {

/// Is the module's class one of PyTorch's quantised ones, fused and dynamic ones among them?
bool is_quantised(const torch::jit::Module& module);

/// Weight's sizes, stride and padding of a quantised Linear, convolution or recurrent layer, and its operation with
/// what the weights are stored in. `parameters` has what the module holds. Others stay as they are.
void describe_quantised(const torch::jit::Module& module, const ParameterTable& parameters, LayerInfo& layer);

}  // namespace upmem_des::profiler
