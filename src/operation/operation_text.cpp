#include "operation/operation_text.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "operation/shape.hpp"
#include "util/error.hpp"
#include "util/number_text.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

using Words = std::vector<std::string>;

/// Of state scans: more than any memory holds, and than a year's arithmetic.
constexpr double max_number = 1e18;

// What each kind has, field by field: how both ways of the text know it. Words stand in the order of their enumeration.

const Words& columns_names() {
  static const Words names{"none", "query_heads", "cache_heads", "query_key_value", "gate_up"};
  return names;
}

template <typename Fields>
void visit(Fields& fields, operation::Opaque& opaque) {
  Words classes;
  for (const OperatorClass one : operator_classes) classes.emplace_back(to_string(one));
  fields.choice("class", opaque.looks_like, classes);
}
template <typename Fields>
void visit(Fields& /*fields*/, operation::Nothing& /*nothing*/) {}
template <typename Fields>
void visit(Fields& fields, operation::Movement& movement) {
  fields.choice("kind", movement.kind, {"copy", "fill"});
}
template <typename Fields>
void visit(Fields& fields, operation::Product& product) {
  fields.choice("second", product.second, {"weight", "implied", "packed", "tensor"});
  fields.choice("columns", product.columns, columns_names());
  fields.choice("format", product.format, {"weights", "activations"});
  fields.whole("matrices", product.matrices);
  fields.whole("query_columns", product.query_columns);
  fields.flag("bias", product.bias);
  fields.flag("head", product.is_head);
  fields.flag("router", product.is_router);
  fields.flag("tied", product.is_tied);
}
template <typename Fields>
void visit(Fields& fields, operation::Attention& attention) {
  fields.choice("part", attention.part, {"fused", "scores", "softmax", "output"});
  fields.choice("mask", attention.mask, {"run", "full", "window", "chunk"});
  fields.whole("window", attention.window);
  fields.whole("cache_heads", attention.cache_heads);
  fields.whole("latent", attention.latent_width);
  fields.flag("expanded", attention.is_expanded);
  fields.flag("cross", attention.is_cross);
  fields.off("uncached", attention.is_cached);
  fields.off("both_ways", attention.causal);
  fields.flag("sinks", attention.sinks);
  fields.flag("softcap", attention.softcap);
}
template <typename Fields>
void visit(Fields& fields, operation::Norm& norm) {
  fields.choice("kind", norm.kind, {"rms", "rms_gated", "l2", "layer", "group", "batch"});
  fields.choice("columns", norm.columns, columns_names());
  fields.flag("adds", norm.adds);
}
template <typename Fields>
void visit(Fields& fields, operation::Pointwise& pointwise) {
  fields.choice("function", pointwise.function,
                {"silu", "gelu_erf", "gelu_tanh", "quick_gelu", "relu", "relu6", "sigmoid", "tanh", "activation",
                 "activation_pass", "softmax", "clamped_glu", "binary", "pass", "pooling", "residual"});
  fields.flag("gated", pointwise.gated);
  fields.flag("last_rows", pointwise.last_rows);
}
template <typename Fields>
void visit(Fields& fields, operation::Gather& gather) {
  fields.choice("kind", gather.kind, {"layer", "function", "rotary"});
  fields.whole("rows", gather.rows);
  fields.flag("tied", gather.is_tied);
}
template <typename Fields>
void visit(Fields& fields, operation::Convolution& convolution) {
  fields.whole("groups", convolution.groups);
  fields.whole("dimensions", convolution.dimensions);
  fields.whole("kernel", convolution.kernel);
  fields.flag("bias", convolution.bias);
}
template <typename Fields>
void visit(Fields& fields, operation::StateScan& scan) {
  fields.number("state", scan.state_elements);
  fields.number("flop_per_row", scan.flop_per_row);
  fields.number("parameters", scan.parameters);
}

template <typename Fields>
void visit(Fields& fields, operation::Rotate& rotate) {
  fields.whole("width", rotate.width);
  fields.whole("value_heads", rotate.value_heads);
  fields.flag("one_key", rotate.one_key);
}
template <typename Fields>
void visit(Fields& fields, operation::CacheWrite& write) {
  fields.flag("latent", write.is_latent);
}

/// By the place of a kind in Operation.
const Words& kind_names() {
  static const Words names{"opaque",    "nothing", "movement",    "product",    "attention", "norm",
                           "pointwise", "gather",  "convolution", "state_scan", "rotate",    "cache_write"};
  return names;
}

template <std::size_t Kind = 0>
Operation of_kind(std::size_t kind) {
  if constexpr (Kind + 1 < std::variant_size_v<Operation>)
    if (kind != Kind) return of_kind<Kind + 1>(kind);
  return Operation(std::in_place_index<Kind>);
}

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
  if (words.empty()) throw InputError("empty; expected an operation, one of " + listed(kinds));
  const std::string name = words.front();
  words.erase(words.begin());
  const auto kind = std::find(kinds.begin(), kinds.end(), name);
  if (kind == kinds.end())
    throw InputError("unknown operation '" + name + "'; expected one of " + listed(kinds) + did_you_mean(name, kinds));
  Operation operation = of_kind(static_cast<std::size_t>(kind - kinds.begin()));
  Read read(words);
  std::visit([&](auto& fields) { visit(read, fields); }, operation);
  read.end(name);
  check(operation);
  return operation;
}

}  // namespace upmem_des
