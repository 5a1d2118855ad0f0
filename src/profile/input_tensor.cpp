#include "profile/input_tensor.hpp"

#include <algorithm>
#include <charconv>
#include <limits>

#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr const char* expected =
    "expected sizes such as 1x3x32x32, then if need be a type and a range: 2x7:int64:0..49";

/// The part of `text` before `separator`; `text` becomes what is behind it, or nothing.
std::optional<std::string_view> next_part(std::optional<std::string_view>& text, std::string_view separator) {
  if (!text) return std::nullopt;
  const std::size_t at = text->find(separator);
  const std::string_view part = text->substr(0, at);
  if (at == std::string_view::npos)
    text.reset();
  else
    text->remove_prefix(at + separator.size());
  return part;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

/// The numbers that a type of whole numbers can hold; nothing for the others.
struct Bounds {
  std::int64_t low;
  std::int64_t high;
};
std::optional<Bounds> bounds_of(InputType type) {
  using Wide = std::numeric_limits<std::int64_t>;
  using Narrow = std::numeric_limits<std::int32_t>;
  if (type == InputType::int64) return Bounds{Wide::min(), Wide::max()};
  if (type == InputType::int32) return Bounds{Narrow::min(), Narrow::max()};
  if (type == InputType::boolean) return Bounds{0, 1};
  return std::nullopt;
}

class InputReader {
 public:
  InputReader(std::string_view text, const SourceLocation& where) : text_(text), where_(where) {}

  InputTensor read() const {
    std::optional<std::string_view> left(text_);
    InputTensor input;
    read_sizes(*next_part(left, ":"), input.shape);
    if (const auto type = next_part(left, ":")) input.type = type_named(*type);
    if (left) read_range(*left, input);
    return input;
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw InputError(where_, "'" + std::string(text_) + "': " + problem);
  }

  void read_sizes(std::string_view text, Shape& shape) const {
    std::optional<std::string_view> left(text);
    while (const auto part = next_part(left, "x")) {
      const auto size = whole_number(*part);
      if (!size) fail("'" + std::string(*part) + "' is no size; " + expected);
      if (*size < 1 || *size > Shape::max_size)
        fail("size " + std::string(*part) + "; expected a whole number from 1 to " + std::to_string(Shape::max_size));
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
      fail(std::string("a range of ") + to_string(input.type) + "; expected one of int64, int32 or bool only");
    std::optional<std::string_view> left(text);
    const auto low = whole_number(*next_part(left, ".."));
    const auto high = whole_number(left.value_or(""));
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
  static const std::vector<std::string> names = {"float32", "float64", "float16", "bfloat16", "int64", "int32", "bool"};
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
