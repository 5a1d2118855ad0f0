/// What the layers of C++ modules and of TorchScript have in common. Internal to the room.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "profiler/recorder.hpp"

namespace upmem_des::profiler {

/// A layer of weight [1, 1], named by the last part of its path; without a path, as a network that is one layer, by its
/// type.
LayerInfo leaf_layer(std::string_view type, const std::string& path, std::size_t id);

/// Is it an RMSNorm by its class's name (MyRMSNorm)? Its weight is recorded as [d, d].
bool is_rms_norm(const LayerInfo& layer);

/// How many rows and columns "same" puts before the first of each, so that a convolution keeps the size.
std::array<std::int64_t, 2> same_padding(const std::array<std::int64_t, 2>& dilation,
                                         const std::array<std::int64_t, 2>& kernel);

}  // namespace upmem_des::profiler
