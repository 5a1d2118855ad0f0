/// YAML as a plain tree with source lines, and checked access to it. The only room that knows yaml-cpp.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// A value with its place in the file and its dotted key ("workload.batch"), both for messages.
struct YamlNode {
  enum class Kind { Null, Scalar, Sequence, Map };

  Kind kind = Kind::Null;
  std::string scalar;
  bool quoted = false;  ///< a quoted scalar is text, never a number or a truth value
  std::vector<YamlNode> items;
  std::vector<std::pair<std::string, YamlNode>> entries;  ///< in the file's order, keys unique
  SourceLocation where;
  std::string key;

  const YamlNode* find(std::string_view name) const;

  /// Builders for trees that are written, not read.
  static YamlNode text(std::string value);
  static YamlNode number(double value);
  static YamlNode integer(std::int64_t value);
  static YamlNode truth(bool value);
  static YamlNode map();
  static YamlNode sequence();
  YamlNode& add(std::string name, YamlNode value);
};

/// The limits that a number must keep to; `unit` names it in the message ("GB/s").
struct NumberRange {
  double min = std::numeric_limits<double>::lowest();
  double max = std::numeric_limits<double>::max();
  bool min_excluded = false;

  static NumberRange positive(double max = std::numeric_limits<double>::max()) { return {0, max, true}; }
  static NumberRange not_negative(double max = std::numeric_limits<double>::max()) { return {0, max, false}; }
};

/// Reads a file. At most 16 MiB, 1,000,000 values, 64 levels. Throws InputError on a missing or unreadable file, bad
/// syntax, a duplicate key, a key that is no plain text, or more than one document. An empty file is a Null node.
YamlNode read_yaml_file(const std::string& path);

/// The text of a file that read_yaml_file() would parse.
std::string read_yaml_text(const std::string& path);

/// As read_yaml_file(), also from an open stream (/dev/stdin).
YamlNode read_yaml_stream(const std::string& path);

/// The same of a text; `origin` stands for the file's name in messages.
YamlNode parse_yaml(const std::string& text, const std::string& origin);

/// The tree as YAML text, block style, ending in a newline. What parse_yaml reads back is equal.
std::string emit_yaml(const YamlNode& node);

/// Sets the value at a dotted key ("workload.batch"), making maps on the way. `value` is YAML text; `origin` names the
/// option in messages. Throws InputError on a key that leads through a value, an empty part, more than 64 parts or bad
/// YAML.
void set_yaml_value(YamlNode& root, const std::string& dotted_key, const std::string& value, const std::string& origin);

/// The checked readings below throw InputError with the node's place and key.
[[noreturn]] void yaml_error(const YamlNode& node, const std::string& problem);
std::string yaml_text(const YamlNode& node);                         ///< a scalar that is not empty
bool yaml_truth(const YamlNode& node);                               ///< true or false
bool yaml_truth_or(const YamlNode& node, const std::string& other);  ///< where the caller knows of something else
double yaml_number(const YamlNode& node, const NumberRange& range);  ///< finite
std::int64_t yaml_integer(const YamlNode& node, std::int64_t min, std::int64_t max);
const std::vector<YamlNode>& yaml_sequence(const YamlNode& node);

/// One of `allowed`, with a suggestion for a misspelt one.
std::string yaml_choice(const YamlNode& node, const std::vector<std::string>& allowed);

/// Reads a map key by key; done() then reports keys that nobody asked for, with the nearest known one.
class YamlMap {
 public:
  /// Throws InputError unless `node` is a map (Null counts as an empty one where `allow_null`).
  explicit YamlMap(const YamlNode& node, bool allow_null = false);

  /// The value of a key, or nullptr.
  const YamlNode* optional(const std::string& key);
  /// The value of a key. Throws InputError when it is missing.
  const YamlNode& required(const std::string& key);
  /// Throws InputError on the first key that was never asked for.
  void done() const;

 private:
  const YamlNode& node_;
  std::vector<std::string> asked_;
};

}  // namespace upmem_des
