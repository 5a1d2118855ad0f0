#include "profile/input_value.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "profile/whole_number.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr std::string_view special = ",=[](){}\"";
constexpr std::size_t deepest = 16;

bool is_plain(std::string_view text) {
  return !text.empty() && text.find_first_of(special) == std::string_view::npos && text.front() != ' ' &&
         text.back() != ' ';
}

std::string quoted(const std::string& text) {
  std::string all = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') all += '\\';
    all += c;
  }
  return all + '"';
}

class ValueReader {
 public:
  ValueReader(std::string_view text, const SourceLocation& where) : text_(text), left_(text), where_(where) {}

  InputValue read() {
    InputValue value = read_value();
    if (!left_.empty()) fail("'" + std::string(left_) + "' behind its end; expected nothing there");
    return value;
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw InputError(where_, "'" + std::string(text_) + "': " + problem);
  }

  InputValue read_value() {
    if (take('[')) return read_items(InputValue::Kind::List, ']');
    if (take('(')) return read_items(InputValue::Kind::Tuple, ')');
    if (take('{')) return read_items(InputValue::Kind::Dictionary, '}');
    if (left_.substr(0, 4) == "str:") {
      left_.remove_prefix(4);
      InputValue value;
      value.kind = InputValue::Kind::Text;
      value.text = !left_.empty() && left_.front() == '"' ? read_quoted() : std::string(read_word());
      return value;
    }
    return read_single(read_word());
  }

  InputValue read_items(InputValue::Kind kind, char end) {
    if (++depth_ > deepest)
      fail("more than 16 lists, tuples and dictionaries in each other; expected at most that many");
    InputValue value;
    value.kind = kind;
    skip_spaces();
    while (!take(end)) {
      if (kind == InputValue::Kind::Dictionary) read_key(value);
      value.items.push_back(read_value());
      skip_spaces();
      if (left_.empty()) fail(std::string("ends too early; expected '") + end + "' or ','");
      if (left_.front() != end && !take(','))
        fail("'" + std::string(left_) + "' behind an item; expected '" + end + "' or ','");
      skip_spaces();
    }
    --depth_;
    return value;
  }

  void read_key(InputValue& dictionary) {
    InputValue::Key key;
    if (!left_.empty() && left_.front() == '"') {
      key.text = read_quoted();
    } else {
      key.text = std::string(read_word());
      if (key.text.empty()) fail("a key without a name; expected NAME=INPUT");
      if (const auto number = whole_number(key.text)) key = {{}, *number, true};
    }
    skip_spaces();
    if (!take('=')) fail("no '=' behind the key " + to_string(key) + "; expected NAME=INPUT");
    skip_spaces();
    for (const InputValue::Key& other : dictionary.keys)
      if (other.is_number == key.is_number && other.number == key.number && other.text == key.text)
        fail("the key " + to_string(key) + " is there twice; expected each once");
    dictionary.keys.push_back(std::move(key));
  }

  /// What is no list, tuple, dictionary or text.
  InputValue read_single(std::string_view word) const {
    InputValue value;
    const std::size_t colon = word.find(':');
    const std::string_view before = word.substr(0, colon);
    const std::string rest(colon == std::string_view::npos ? "" : word.substr(colon + 1));
    if (word == "none") {
      value.kind = InputValue::Kind::None;
    } else if (colon != std::string_view::npos && before == "int") {
      const auto number = whole_number(rest);
      if (!number) fail("'" + rest + "'; expected a whole number of 64 bits, as in int:3");
      value.kind = InputValue::Kind::Integer;
      value.integer = *number;
    } else if (colon != std::string_view::npos && before == "float") {
      if (!parse_number(rest, value.real) || !std::isfinite(value.real))
        fail("'" + rest + "'; expected a finite number, as in float:0.5");
      value.kind = InputValue::Kind::Real;
    } else if (colon != std::string_view::npos && before == "bool") {
      if (rest != "true" && rest != "false") fail("'" + rest + "'; expected bool:true or bool:false");
      value.kind = InputValue::Kind::Truth;
      value.truth = rest == "true";
    } else {
      value.tensor = read_tensor(word);
    }
    return value;
  }

  InputTensor read_tensor(std::string_view word) const {
    if (word.size() == text_.size()) return parse_input_tensor(word, where_);
    try {
      return parse_input_tensor(word, {});
    } catch (const InputError& error) {
      fail(error.what());
    }
  }

  bool take(char c) {
    if (left_.empty() || left_.front() != c) return false;
    left_.remove_prefix(1);
    return true;
  }

  void skip_spaces() {
    while (take(' ')) {
    }
  }

  /// Up to what ends it; in a list or the like without the spaces behind it.
  std::string_view read_word() {
    std::string_view word = left_.substr(0, depth_ == 0 ? left_.size() : left_.find_first_of(special));
    left_.remove_prefix(word.size());
    while (depth_ > 0 && !word.empty() && word.back() == ' ') word.remove_suffix(1);
    return word;
  }

  std::string read_quoted() {
    left_.remove_prefix(1);
    std::string text;
    while (!take('"')) {
      if (left_.empty() || left_ == "\\") fail("a text that does not end; expected '\"'");
      take('\\');
      text += left_.front();
      left_.remove_prefix(1);
    }
    return text;
  }

  std::string_view text_;
  std::string_view left_;
  const SourceLocation& where_;
  std::size_t depth_ = 0;
};

std::string joined(const InputValue& value, char begin, char end) {
  std::string text(1, begin);
  for (std::size_t i = 0; i < value.items.size(); ++i) {
    if (i > 0) text += ',';
    if (i < value.keys.size()) text += to_string(value.keys[i]) + "=";
    text += to_string(value.items[i]);
  }
  return text + end;
}

}  // namespace

InputValue parse_input(std::string_view text, const SourceLocation& where) {
  return ValueReader(text, where).read();
}

std::string to_string(const InputValue::Key& key) {
  if (key.is_number) return std::to_string(key.number);
  return is_plain(key.text) && !whole_number(key.text) ? key.text : quoted(key.text);
}

std::string to_string(const InputValue& input) {
  switch (input.kind) {
    case InputValue::Kind::Tensor:
      return to_string(input.tensor);
    case InputValue::Kind::None:
      return "none";
    case InputValue::Kind::Integer:
      return "int:" + std::to_string(input.integer);
    case InputValue::Kind::Real:
      return "float:" + number_text(input.real);
    case InputValue::Kind::Truth:
      return input.truth ? "bool:true" : "bool:false";
    case InputValue::Kind::Text:
      return "str:" + (is_plain(input.text) ? input.text : quoted(input.text));
    case InputValue::Kind::List:
      return joined(input, '[', ']');
    case InputValue::Kind::Tuple:
      return joined(input, '(', ')');
    case InputValue::Kind::Dictionary:
      return joined(input, '{', '}');
  }
  return {};
}

const InputTensor* first_tensor(const InputValue& input) {
  if (input.kind == InputValue::Kind::Tensor) return &input.tensor;
  for (const InputValue& item : input.items)
    if (const InputTensor* const found = first_tensor(item)) return found;
  return nullptr;
}

}  // namespace upmem_des
