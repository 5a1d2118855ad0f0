#include "profile/input_tensor.hpp"

#include <algorithm>
#include <limits>

#include "profile/whole_number.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr const char* expected =
    "expected sizes such as 1x3x32x32, then if need be a type and a range: 2x7:int64:0..49; or none, int:3, float:0.5, "
    "bool:true, str:text, [INPUT,…], (INPUT,…), {NAME=INPUT,…}";

/// A text taken apart from its front.
class Parts {
 public:
  explicit Parts(std::string_view text) : left_(text) {}

  bool any() const { return any_; }
  std::string_view rest() const { return left_; }
  /// What stands before the next separator, or all that is left; to be asked as long as there is any.
  std::string_view next(std::string_view separator) {
    const std::size_t at = left_.find(separator);
    const std::string_view part = left_.substr(0, at);
    any_ = at != std::string_view::npos;
    left_.remove_prefix(any_ ? at + separator.size() : left_.size());
    return part;
  }

 private:
  std::string_view left_;
  bool any_ = true;
};

/// The numbers that a type of whole numbers can hold; nothing for the others.
struct Bounds {
  std::int64_t low;
  std::int64_t high;
};
template <class Integer>
Bounds bounds_of() {
  return {std::numeric_limits<Integer>::min(), std::numeric_limits<Integer>::max()};
}
std::optional<Bounds> bounds_of(InputType type) {
  if (type == InputType::int64) return bounds_of<std::int64_t>();
  if (type == InputType::int32) return bounds_of<std::int32_t>();
  if (type == InputType::int16) return bounds_of<std::int16_t>();
  if (type == InputType::int8) return bounds_of<std::int8_t>();
  if (type == InputType::uint8) return bounds_of<std::uint8_t>();
  if (type == InputType::boolean) return Bounds{0, 1};
  return std::nullopt;
}

class InputReader {
 public:
  InputReader(std::string_view text, const SourceLocation& where) : text_(text), where_(where) {}

  InputTensor read() const {
    Parts parts(text_);
    InputTensor input;
    read_sizes(parts.next(":"), input.shape);
    if (parts.any()) input.type = type_named(parts.next(":"));
    if (parts.any()) read_range(parts.rest(), input);
    return input;
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw InputError(where_, "'" + std::string(text_) + "': " + problem);
  }

  void read_sizes(std::string_view text, Shape& shape) const {
    Parts parts(text);
    while (parts.any()) {
      const std::string_view part = parts.next("x");
      const auto size = whole_number(part);
      if (!size) fail("'" + std::string(part) + "' is no size; " + expected);
      if (*size < 1 || *size > Shape::max_size)
        fail("size " + std::string(part) + "; expected a whole number from 1 to " + std::to_string(Shape::max_size));
      if (shape.rank() == Shape::max_rank) fail("more than 8 sizes; expected at most that many");
      shape.push_back(*size);
    }
    if (const std::string problem = shape_problem(shape); !problem.empty()) fail(problem);
  }

  InputType type_named(std::string_view text) const {
    if (const auto type = parse_input_type(text)) return *type;
    fail("unknown type '" + std::string(text) + "'; expected one of " + listed(input_type_names()) +
         did_you_mean(text, input_type_names()));
  }

  void read_range(std::string_view text, InputTensor& input) const {
    const auto bounds = bounds_of(input.type);
    if (!bounds)
      fail(std::string("a range of ") + to_string(input.type) + "; expected one of whole numbers or bool only");
    Parts parts(text);
    const auto low = whole_number(parts.next(".."));
    const auto high = whole_number(parts.rest());
    if (!low || !high) fail("'" + std::string(text) + "' is no range; expected one such as 0..49");
    if (*low < bounds->low || *high > bounds->high)
      fail("the range " + std::string(text) + "; expected numbers from " + std::to_string(bounds->low) + " to " +
           std::to_string(bounds->high));
    if (*low > *high) fail("the range " + std::string(text) + " is empty; expected the smaller number first");
    input.low = *low;
    input.high = *high;
  }

  std::string_view text_;
  const SourceLocation& where_;
};

}  // namespace

const char* to_string(InputType type) {
  return input_type_names().at(static_cast<std::size_t>(type)).c_str();
}

std::optional<InputType> parse_input_type(std::string_view text) {
  const auto& names = input_type_names();
  const auto found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<InputType>(found - names.begin());
}

const std::vector<std::string>& input_type_names() {
  static const std::vector<std::string> names = {"float32", "float64", "float16", "bfloat16", "int64",
                                                 "int32",   "int16",   "int8",    "uint8",    "bool"};
  return names;
}

InputTensor parse_input_tensor(std::string_view text, const SourceLocation& where) {
  return InputReader(text, where).read();
}

std::string to_string(const InputTensor& input) {
  std::string text;
  for (const std::int64_t size : input.shape) text += (text.empty() ? "" : "x") + std::to_string(size);
  const bool ranged = input.low != 0 || input.high != 0;
  if (input.type != InputType::float32 || ranged) text += std::string(":") + to_string(input.type);
  if (ranged) text += ":" + std::to_string(input.low) + ".." + std::to_string(input.high);
  return text;
}

}  // namespace upmem_des
