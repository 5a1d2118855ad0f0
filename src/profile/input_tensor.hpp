/// A tensor that a network is called with, and how the command line and scenarios write it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "upmem_des/operation/shape.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// Element types that an input of a network can have.
enum class InputType { float32, float64, float16, bfloat16, int64, int32, int16, int8, uint8, boolean };

/// The names are the enumerators', "bool" for boolean.
const char* to_string(InputType type);
std::optional<InputType> parse_input_type(std::string_view text);
const std::vector<std::string>& input_type_names();

/// One tensor that a network is called with. Floating-point elements are drawn from the standard normal distribution,
/// integers evenly from low to high, both included; without a range they are 0.
struct InputTensor {
  Shape shape;
  InputType type = InputType::float32;
  std::int64_t low = 0;
  std::int64_t high = 0;
};

/// "1x3x32x32", "1x64:int64", "2x7:int64:0..49": up to 8 sizes from 1 to 1e9, a type (float32 where there is none), and
/// a range where the type is one of whole numbers. Throws InputError ("where: …").
InputTensor parse_input_tensor(std::string_view text, const SourceLocation& where);
/// The text that reads back as the same input.
std::string to_string(const InputTensor& input);

}  // namespace upmem_des
