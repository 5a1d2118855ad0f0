/// What layers compute beside what their types and names tell, for C++ modules and TorchScript alike. Internal to the
/// room. All pointers are null where type and name tell all.
#pragma once

#include <cstdint>

#include "profiler/recorder.hpp"
#include "upmem_des/operation/operation.hpp"

namespace upmem_des::profiler {

/// What type and name tell.
const Operation& named_operation(const LayerInfo& layer);

const Operation* operation_unless_named(const Operation& operation, const LayerInfo& layer);

/// Of a product with a layer's matrix. `is_tied`: the matrix is an embedding's table, so that the layer gives logits.
const Operation* linear_operation(const LayerInfo& layer, bool has_bias, bool is_tied,
                                  operation::StoredAs stored = operation::StoredAs::Run);

/// Of a table of so many rows.
const Operation* table_operation(const LayerInfo& layer, std::int64_t rows, bool is_tied);

/// Of one that says so itself in place of the tanh: the exact function is what the type tells.
const Operation* gelu_operation(const LayerInfo& layer, bool is_tanh);

}  // namespace upmem_des::profiler
