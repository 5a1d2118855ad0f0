/// The weights of quantised operators, which libtorch keeps in objects of its own. Internal to the room.
#pragma once

#include <ATen/core/ivalue.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "upmem_des/operation/operation.hpp"

namespace upmem_des::profiler {

struct PackedWeights {
  std::vector<std::int64_t> sizes;  ///< [out, in], or as of a convolution's weight
  bool bias = false;
  operation::StoredAs stored = operation::StoredAs::Run;  ///< Run: in no format that a trace has a word for
  // Of convolutions:
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> padding;
  std::int64_t groups = 1;
  bool is_transposed = false;

  /// [channels, …, kernel's sizes]: along how many sizes it goes.
  std::int64_t dimensions() const { return static_cast<std::int64_t>(sizes.size()) - 2; }
  std::int64_t kernel() const;
};

/// What a value holds that linear_prepack() or conv2d_prepack() and their like have made; nothing of any other. Reads
/// all weights: to be asked once.
std::optional<PackedWeights> packed_weights(const c10::IValue& value);

/// Tells such a value from all others that are alive; null of any other.
const void* packed_object(const c10::IValue& value);

}  // namespace upmem_des::profiler
