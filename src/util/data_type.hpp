/// Number formats of weights, activations and the KV cache.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace upmem_des {

enum class DataType { int4, int8, float16, bfloat16, float32 };

/// Bytes of one number: 0.5 for int4, 1, 2, 2, 4.
double bytes_per_element(DataType type);
const char* to_string(DataType type);
std::optional<DataType> parse_data_type(std::string_view text);
/// All names, smallest format first.
const std::vector<std::string>& data_type_names();

}  // namespace upmem_des
