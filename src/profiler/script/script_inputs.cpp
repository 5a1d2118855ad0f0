#include "profiler/script/script_inputs.hpp"

#include <limits>

#include "profiler/libtorch_compat.hpp"
#include "profiler/libtorch_message.hpp"
#include "profiler/script/typed_value.hpp"

namespace upmem_des::profiler {

namespace {

at::ScalarType scalar_type(InputType type) {
  switch (type) {
    case InputType::float32:
      return at::kFloat;
    case InputType::float64:
      return at::kDouble;
    case InputType::float16:
      return at::kHalf;
    case InputType::bfloat16:
      return at::kBFloat16;
    case InputType::int64:
      return at::kLong;
    case InputType::int32:
      return at::kInt;
    case InputType::int16:
      return at::kShort;
    case InputType::int8:
      return at::kChar;
    case InputType::uint8:
      return at::kByte;
    case InputType::boolean:
      return at::kBool;
  }
  return at::kFloat;
}

std::string default_text(const c10::IValue& value) {
  if (value.isNone()) return "None";
  if (value.isBool()) return value.toBool() ? "True" : "False";
  if (value.isInt()) return std::to_string(value.toInt());
  return "…";
}

std::size_t needed(const c10::FunctionSchema& schema) {
  std::size_t count = schema.arguments().size() - 1;
  while (count > 0 && schema.arguments()[count].default_value()) --count;
  return count;
}

std::string count_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " input" : " inputs");
}

}  // namespace

at::Tensor make_input(const InputTensor& input) {
  const c10::IntArrayRef sizes(input.shape.begin(), input.shape.rank());
  const at::ScalarType type = scalar_type(input.type);
  if (at::isFloatingType(type)) return at::randn(sizes, at::kFloat).to(type);
  if (input.low == 0 && input.high == 0) return at::zeros(sizes, type);
  at::Tensor numbers = at::empty(sizes, at::kLong);
  if (input.high == std::numeric_limits<std::int64_t>::max())
    numbers.random_(input.low, libtorch::Optional<std::int64_t>());
  else
    numbers.random_(input.low, input.high + 1);
  return numbers.to(type);
}

std::string readable_schema(const c10::FunctionSchema& schema) {
  std::string text = schema.name() + "(";
  const auto& arguments = schema.arguments();
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    text += (i == 1 ? "" : ", ") + arguments[i].name() + ": " + arguments[i].type()->annotation_str();
    if (arguments[i].default_value()) text += " = " + default_text(*arguments[i].default_value());
  }
  text += ")";
  if (schema.returns().size() == 1) text += " -> " + schema.returns()[0].type()->annotation_str();
  return text;
}

std::vector<c10::IValue> make_inputs(const c10::FunctionSchema& schema, const std::vector<InputValue>& inputs,
                                     const SourceLocation& where) {
  const std::size_t most = schema.arguments().size() - 1;
  const std::size_t least = needed(schema);
  if (inputs.size() < least || inputs.size() > most)
    throw InputError(where, count_text(inputs.size()) + "; expected " +
                                (least < most ? std::to_string(least) + " to " : "") + count_text(most) + ": " +
                                readable_schema(schema));
  std::vector<c10::IValue> values;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const c10::Argument& argument = schema.arguments()[i + 1];
    try {
      values.push_back(typed_value(inputs[i], argument.type()));
    } catch (const WrongType& error) {
      throw InputError(where, "input " + std::to_string(i + 1) + ", '" + argument.name() + "': " + error.what() + ": " +
                                  readable_schema(schema));
    } catch (const std::exception& error) {
      throw InputError(where, "input " + to_string(inputs[i]) + ": " + libtorch_message(error));
    }
  }
  return values;
}

}  // namespace upmem_des::profiler
