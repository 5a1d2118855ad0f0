#include <algorithm>
#include <charconv>
#include <cmath>

#include "util/number_text.hpp"
#include "util/shortened.hpp"
#include "util/suggest.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t longest_shown = 60;

std::string shown(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      return "nothing";
    case YamlNode::Kind::Sequence:
      return "a list";
    case YamlNode::Kind::Map:
      return "a mapping";
    case YamlNode::Kind::Scalar:
      break;
  }
  return "'" + shortened(node.scalar, longest_shown, "…") + "'";
}

std::string range_text(const NumberRange& range) {
  const bool has_max = range.max < std::numeric_limits<double>::max();
  if (range.min == 0 && range.min_excluded)
    return "a number above 0" + (has_max ? " and at most " + number_text(range.max) : "");
  if (range.min > std::numeric_limits<double>::lowest())
    return "a number from " + number_text(range.min) + (has_max ? " to " + number_text(range.max) : " up");
  return "a number";
}

}  // namespace

void yaml_error(const YamlNode& node, const std::string& problem) {
  throw InputError(node.where, node.key, problem);
}

std::string yaml_text(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::Scalar || node.scalar.empty())
    yaml_error(node, (node.scalar.empty() && node.kind == YamlNode::Kind::Scalar ? "empty" : shown(node)) +
                         "; expected a text");
  return node.scalar;
}

bool yaml_truth(const YamlNode& node) {
  return yaml_truth_or(node, "");
}

bool yaml_truth_or(const YamlNode& node, const std::string& other) {
  if (node.kind == YamlNode::Kind::Scalar && !node.quoted) {
    if (node.scalar == "true") return true;
    if (node.scalar == "false") return false;
  }
  yaml_error(node, shown(node) + (other.empty() ? "; expected true or false" : "; expected true, false or " + other));
}

double yaml_number(const YamlNode& node, const NumberRange& range) {
  double value = 0;
  const bool is_number = node.kind == YamlNode::Kind::Scalar && !node.quoted && parse_number(node.scalar, value);
  if (!is_number || !std::isfinite(value) || value < range.min || value > range.max ||
      (range.min_excluded && value <= range.min))
    yaml_error(node, shown(node) + "; expected " + range_text(range));
  return value;
}

std::int64_t yaml_integer(const YamlNode& node, std::int64_t min, std::int64_t max) {
  std::int64_t value = 0;
  const char* begin = node.scalar.data();
  const char* const end = begin + node.scalar.size();
  // from_chars knows '-' only.
  if (end - begin > 1 && *begin == '+' && begin[1] != '-') ++begin;
  const auto [stop, error] = std::from_chars(begin, end, value);
  if (node.kind != YamlNode::Kind::Scalar || node.quoted || error != std::errc() || stop != end || value < min ||
      value > max)
    yaml_error(node,
               shown(node) + "; expected a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return value;
}

const std::vector<YamlNode>& yaml_sequence(const YamlNode& node) {
  if (node.kind != YamlNode::Kind::Sequence) yaml_error(node, shown(node) + "; expected a list");
  return node.items;
}

std::string yaml_choice(const YamlNode& node, const std::vector<std::string>& allowed) {
  std::string text = yaml_text(node);
  if (std::find(allowed.begin(), allowed.end(), text) == allowed.end())
    yaml_error(node,
               "unknown value " + shown(node) + "; expected one of " + listed(allowed) + did_you_mean(text, allowed));
  return text;
}

YamlMap::YamlMap(const YamlNode& node, bool allow_null) : node_(node) {
  if (node.kind == YamlNode::Kind::Map || (allow_null && node.kind == YamlNode::Kind::Null)) return;
  if (node.kind == YamlNode::Kind::Null && node.key.empty()) yaml_error(node, "empty; expected keys and values");
  yaml_error(node, shown(node) + "; expected a mapping of keys to values");
}

const YamlNode* YamlMap::optional(const std::string& key) {
  if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) asked_.push_back(key);
  return node_.find(key);
}

const YamlNode& YamlMap::required(const std::string& key) {
  const YamlNode* value = optional(key);
  if (value == nullptr) {
    std::vector<std::string> present;
    for (const auto& entry : node_.entries) present.push_back(entry.first);
    const std::string full_key = node_.key.empty() ? key : node_.key + "." + key;
    const std::string similar = nearest(key, present, 2);  // more edits lead to keys that are right themselves
    throw InputError(node_.where, full_key,
                     "missing; expected a value" + (similar.empty() ? "" : " (there is a '" + similar + "')"));
  }
  return *value;
}

void YamlMap::done() const {
  for (const auto& [name, value] : node_.entries)
    if (std::find(asked_.begin(), asked_.end(), name) == asked_.end())
      yaml_error(value, "unknown key; expected one of " + listed(asked_, 40) + did_you_mean(name, asked_));
}

}  // namespace upmem_des
