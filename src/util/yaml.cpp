#include "util/yaml.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "util/bounded_file.hpp"
#include "util/harmless_text.hpp"
#include "util/number_text.hpp"
#include "util/yaml_tree.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t max_mib = 16;
constexpr std::size_t max_key_parts = 64;

/// Only between double quotes has YAML escapes.
bool is_harmful(const std::string& text) {
  return one_line(text) != text;
}

/// YAML ends a search for a key's colon after 1024 characters; each may be an escape of six.
constexpr std::size_t longest_simple_key = 1000 / 6;

bool has_long_key(const YamlNode& node) {
  return std::any_of(node.entries.begin(), node.entries.end(),
                     [](const auto& entry) { return entry.first.size() > longest_simple_key; });
}

void emit(YAML::Emitter& out, const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      out << YAML::Null;
      break;
    case YamlNode::Kind::Scalar:
      if (node.quoted || is_harmful(node.scalar)) out << YAML::DoubleQuoted;
      out << node.scalar;
      break;
    case YamlNode::Kind::Sequence:
      out << YAML::Flow << YAML::BeginSeq;
      for (const YamlNode& item : node.items) emit(out, item);
      out << YAML::EndSeq;
      break;
    case YamlNode::Kind::Map:
      if (node.entries.empty()) out << YAML::Flow;
      if (has_long_key(node)) out << YAML::LongKey;
      out << YAML::BeginMap;
      for (const auto& [name, value] : node.entries) {
        out << YAML::Key;
        if (is_harmful(name) || name == "<<") out << YAML::DoubleQuoted;
        out << name << YAML::Value;
        emit(out, value);
      }
      out << YAML::EndMap;
      break;
  }
}

/// A text that YAML would read as something else keeps its quotes.
bool needs_quotes(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "true" || text == "false" || text == "yes" ||
      text == "no")
    return true;
  double number = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view name) const {
  for (const auto& entry : entries)
    if (entry.first == name) return &entry.second;
  return nullptr;
}

YamlNode YamlNode::text(std::string value) {
  YamlNode node;
  node.kind = Kind::Scalar;
  node.quoted = needs_quotes(value);
  node.scalar = std::move(value);
  return node;
}

YamlNode YamlNode::number(double value) {
  YamlNode node;
  node.kind = Kind::Scalar;
  node.scalar = number_text(value);
  return node;
}

YamlNode YamlNode::integer(std::int64_t value) {
  YamlNode node;
  node.kind = Kind::Scalar;
  node.scalar = std::to_string(value);
  return node;
}

YamlNode YamlNode::truth(bool value) {
  YamlNode node;
  node.kind = Kind::Scalar;
  node.scalar = value ? "true" : "false";
  return node;
}

YamlNode YamlNode::map() {
  YamlNode node;
  node.kind = Kind::Map;
  return node;
}

YamlNode YamlNode::sequence() {
  YamlNode node;
  node.kind = Kind::Sequence;
  return node;
}

YamlNode& YamlNode::add(std::string name, YamlNode value) {
  entries.emplace_back(std::move(name), std::move(value));
  return entries.back().second;
}

YamlNode parse_yaml(const std::string& text, const std::string& origin) {
  return yaml_tree(text, {origin, ""});
}

std::string read_yaml_text(const std::string& path) {
  return read_bounded_file(path, max_mib, "a YAML file");
}

YamlNode read_yaml_file(const std::string& path) {
  return parse_yaml(read_yaml_text(path), path);
}

YamlNode read_yaml_stream(const std::string& path) {
  return parse_yaml(read_bounded_stream(path, max_mib, "a YAML file"), path);
}

std::string emit_yaml(const YamlNode& node) {
  YAML::Emitter out;
  out.SetIndent(2);
  emit(out, node);
  return harmless_json(out.c_str()) + "\n";
}

void set_yaml_value(YamlNode& root, const std::string& dotted_key, const std::string& value,
                    const std::string& origin) {
  const SourceLocation where{origin};
  if (static_cast<std::size_t>(std::count(dotted_key.begin(), dotted_key.end(), '.')) >= max_key_parts)
    throw InputError(where, "a key of more than " + std::to_string(max_key_parts) + " parts");
  YamlNode* node = &root;
  std::string path;
  std::istringstream parts(dotted_key + ".");
  for (std::string part; std::getline(parts, part, '.');) {
    if (part.empty()) throw InputError(where, "'" + dotted_key + "' has an empty part; expected key.key=value");
    if (node->kind == YamlNode::Kind::Null) node->kind = YamlNode::Kind::Map;
    if (node->kind != YamlNode::Kind::Map)
      throw InputError(where, dotted_key,
                       (path.empty() ? "the file" : "'" + path + "'") + " is a " +
                           (node->kind == YamlNode::Kind::Sequence ? "list" : "value") + " and has no key '" + part +
                           "'");
    path += (path.empty() ? "" : ".") + part;
    const auto found = std::find_if(node->entries.begin(), node->entries.end(),
                                    [&](const auto& entry) { return entry.first == part; });
    if (found != node->entries.end()) {
      node = &found->second;
    } else {
      node = &node->add(part, YamlNode());
      node->where = where;
      node->key = path;
    }
  }
  *node = yaml_tree(value, {origin, dotted_key, false});
}

}  // namespace upmem_des
