#include "operation/operation_text.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "operation/operation_fields.hpp"
#include "upmem_des/operation/shape.hpp"
#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

using operation_text::kind_names;
using operation_text::of_kind;
using operation_text::visit;
using operation_text::Words;

/// Of state scans: more than any memory holds, and than a year's arithmetic.
constexpr double max_number = 1e18;

/// Appends what differs from `defaults`, which is visited field by field before.
class Written {
 public:
  std::string text;

  template <typename Choice>
  void choice(const char* word, Choice& value, const Words& names) {
    add(word, static_cast<std::size_t>(value), [&] { return "=" + names[static_cast<std::size_t>(value)]; });
  }
  void whole(const char* word, std::int64_t& value) {
    add(word, value, [&] { return "=" + std::to_string(value); });
  }
  void number(const char* word, double& value) {
    add(word, value, [&] { return "=" + number_text(value); });
  }
  void flag(const char* word, bool& value) {
    add(word, value, [] { return std::string(); });
  }
  void off(const char* word, bool& value) { flag(word, value); }

  /// First over a default, then over the operation.
  void compare() { at_ = 0, comparing_ = true; }

 private:
  template <typename Value, typename Rest>
  void add(const char* word, Value value, Rest rest) {
    const auto number = static_cast<double>(value);
    if (!comparing_)
      defaults_.push_back(number);
    else if (number != defaults_[at_++])
      text += std::string(" ") + word + rest();
  }

  std::vector<double> defaults_;
  std::size_t at_ = 0;
  bool comparing_ = false;
};

/// Takes the words of a text, which visit() asks for one by one.
class Read {
 public:
  explicit Read(const Words& words) : words_(words) {}

  template <typename Choice>
  void choice(const char* word, Choice& value, const Words& names) {
    const std::string* text = find(word, true);
    if (text == nullptr) return;
    const auto name = std::find(names.begin(), names.end(), *text);
    if (name == names.end())
      throw InputError("unknown " + std::string(word) + " '" + *text + "'; expected one of " + listed(names, 20) +
                       did_you_mean(*text, names));
    value = static_cast<Choice>(name - names.begin());
  }
  void whole(const char* word, std::int64_t& value) {
    const std::string* text = find(word, true);
    if (text == nullptr) return;
    const auto result = std::from_chars(text->data(), text->data() + text->size(), value);
    if (result.ec != std::errc() || result.ptr != text->data() + text->size() || value < 1 || value > Shape::max_size)
      throw InputError(std::string(word) + "=" + *text + "; expected a whole number from 1 to 1000000000");
  }
  void number(const char* word, double& value) {
    const std::string* text = find(word, true);
    if (text == nullptr) return;
    if (!parse_number(*text, value) || !(value >= 0 && value <= max_number))
      throw InputError(std::string(word) + "=" + *text + "; expected a number from 0 to 1e18");
  }
  void flag(const char* word, bool& value) {
    if (find(word, false) != nullptr) value = true;
  }
  void off(const char* word, bool& value) {
    if (find(word, false) != nullptr) value = false;
  }

  /// Throws on a word that nobody asked for.
  void end(const std::string& kind) const {
    for (const std::string& word : words_) {
      const std::string key = word.substr(0, word.find('='));
      if (std::find(asked_.begin(), asked_.end(), key) != asked_.end()) continue;
      const std::string expected = asked_.empty() ? "no word more" : "one of " + listed(asked_, 20);
      throw InputError("unknown word '" + word + "' of " + kind + "; expected " + expected + did_you_mean(key, asked_));
    }
  }

 private:
  const std::string* find(const std::string& key, bool has_value) {
    asked_.push_back(key);
    const std::string* found = nullptr;
    for (const std::string& word : words_) {
      const std::size_t equals = word.find('=');
      if (word.substr(0, equals) != key) continue;
      if (found != nullptr) throw InputError("'" + key + "' is given twice");
      if ((equals != std::string::npos) != has_value)
        throw InputError("'" + word + "'; expected " + (has_value ? key + "=…" : key + " alone"));
      value_ = has_value ? word.substr(equals + 1) : std::string();
      found = &value_;
    }
    return found;
  }

  const Words& words_;
  Words asked_;
  std::string value_;
};

Words words_of(std::string_view text) {
  Words words;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    if (space > 0) words.emplace_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return words;
}

void check(const operation::Recurrent* recurrent) {
  using Cell = operation::Recurrent::Cell;
  if (recurrent == nullptr) return;
  if (recurrent->directions > 2)
    throw InputError("directions=" + std::to_string(recurrent->directions) + "; expected 1 or 2");
  if (recurrent->projection > 0 && recurrent->cell != Cell::Lstm)
    throw InputError("a projection of another cell than lstm; expected none");
  if (recurrent->projection > 0 && recurrent->hidden == 0)
    throw InputError("a projection of a state without its size; expected hidden=NUMBERS");
  if (recurrent->is_step && (recurrent->layers > 1 || recurrent->directions > 1 || recurrent->is_batch_first))
    throw InputError("a step of several layers, of two directions or with batch_first; expected one cell");
}

/// Throws where fields contradict each other.
void check(const Operation& operation) {
  if (const auto* attention = as<operation::Attention>(operation)) {
    using Mask = operation::Attention::Mask;
    const bool needs_size = attention->mask == Mask::Window || attention->mask == Mask::Chunk;
    if (needs_size && attention->window == 0) throw InputError("a mask without its size; expected window=ROWS");
    if (attention->is_expanded && attention->latent_width == 0)
      throw InputError("'expanded' without latent rows; expected latent=WIDTH");
  }
  const auto* convolution = as<operation::Convolution>(operation);
  if (convolution != nullptr && convolution->dimensions > 3)
    throw InputError("dimensions=" + std::to_string(convolution->dimensions) + "; expected 1, 2 or 3");
  const auto* product = as<operation::Product>(operation);
  if (product != nullptr && (product->second == operation::Product::Second::Packed) != (product->matrices > 0))
    throw InputError("second=packed and matrices=COUNT without the other; expected both or none");
  if (product != nullptr &&
      (product->columns == operation::Product::Columns::QueryKeyValue) != (product->query_columns > 0))
    throw InputError("columns=query_key_value and query_columns=COUNT without the other; expected both or none");
  if (product != nullptr && product->inner > 0 && product->second == operation::Product::Second::Weight)
    throw InputError("inner=COUNT of a layer's weight; expected second=tensor or second=implied");
  const auto* pointwise = as<operation::Pointwise>(operation);
  if (pointwise != nullptr &&
      (pointwise->function == operation::Pointwise::Function::Resample) != (pointwise->taps > 0))
    throw InputError("function=resample and taps=COUNT without the other; expected both or none");
  check(as<operation::Recurrent>(operation));
  const auto* rotate = as<operation::Rotate>(operation);
  if (rotate != nullptr && rotate->width == 0) throw InputError("a rotation of nothing; expected width=NUMBERS");
}

}  // namespace

std::string text_of(const Operation& operation) {
  Written written;
  Operation defaults = of_kind(operation.index());
  std::visit([&](auto& kind) { visit(written, kind); }, defaults);
  written.compare();
  Operation copy = operation;
  std::visit([&](auto& kind) { visit(written, kind); }, copy);
  return kind_names()[operation.index()] + written.text;
}

Operation operation_from(std::string_view text) {
  Words words = words_of(text);
  const Words& kinds = kind_names();
  if (words.empty()) throw InputError("empty; expected an operation, one of " + listed(kinds, 20));
  const std::string name = words.front();
  words.erase(words.begin());
  const auto kind = std::find(kinds.begin(), kinds.end(), name);
  if (kind == kinds.end())
    throw InputError("unknown operation '" + name + "'; expected one of " + listed(kinds, 20) +
                     did_you_mean(name, kinds));
  Operation operation = of_kind(static_cast<std::size_t>(kind - kinds.begin()));
  Read read(words);
  std::visit([&](auto& fields) { visit(read, fields); }, operation);
  read.end(name);
  check(operation);
  return operation;
}

}  // namespace upmem_des
