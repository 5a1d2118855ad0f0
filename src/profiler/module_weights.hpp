/// What a torch::nn module tells of its weight. Internal to the room.
#pragma once

#include <torch/torch.h>

#include "profiler/parameter_table.hpp"
#include "profiler/recorder.hpp"
#include "profiler/table_layers.hpp"

namespace upmem_des::profiler {

/// Fills weight, stride and padding of `layer`, whose type is known: [in, out] of a Linear, [d, d] of what is called
/// …RMSNorm, the kernel of a convolution along two sizes, [1, places] of other convolutions, stride and padding of a
/// Conv2d. Leaves everything else as it is.
void describe_weight(const torch::nn::Module& module, LayerInfo& layer);

/// Tells `parameters` whether the module looks its weight up or multiplies by it.
void note_use(const torch::nn::Module& module, ParameterTable& parameters);

/// Fills the operation of `layer` where type and name do not tell it, and adds it to `tables` if it is one. To be
/// called once all modules' uses are known.
void describe_operation(const torch::nn::Module& module, LayerInfo& layer, ParameterTable& parameters,
                        TableLayers& tables);

}  // namespace upmem_des::profiler
