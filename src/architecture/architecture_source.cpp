#include "architecture/architecture_source.hpp"

#include <algorithm>
#include <optional>
#include <sstream>
#include <vector>

#include "architecture/architecture_reader.hpp"
#include "architecture/architecture_writer.hpp"
#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"
#include "util/json_text.hpp"
#include "util/number_text.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

namespace {

constexpr const char* units =
    "# Units, by the end of a key: GBs 1e9 bytes/s; GB 1e9 bytes; MB 1e6 bytes; pj_per_bit pJ for a bit; tflops 1e12\n"
    "# operations/s; pj_per_tflop pJ for 1e12 operations, 0.4e+12 is 0.4 pJ for one; ns, us, W; shares from 0 to 1.\n"
    "# Energies (pj_per_bit, pj_per_tflop) may be left out, and power_limit_W with them: runs then have times, and "
    "say\n"
    "# nothing of energy and power.\n";

bool is_blank(const std::string& line) {
  return line.find_first_not_of(" \t") == std::string::npos;
}

/// Of the file itself, above all devices or between them.
bool is_outer_comment(const std::string& line) {
  return !line.empty() && line.front() == '#';
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    lines.push_back(std::move(line));
  }
  return lines;
}

/// From the comment right above the device to its last line.
std::optional<std::string> own_lines(const std::vector<std::string>& lines, const std::string& name) {
  auto first = std::find(lines.begin(), lines.end(), name + ":");
  if (first == lines.end()) return std::nullopt;
  auto end = std::find_if(first + 1, lines.end(), [](const std::string& line) {
    return !is_blank(line) && !is_outer_comment(line) && line.front() != ' ';
  });
  while (end != first + 1 && (is_blank(*(end - 1)) || is_outer_comment(*(end - 1)))) --end;
  while (first != lines.begin() && is_outer_comment(*(first - 1)) && (first - 1)->rfind("# yaml-", 0) != 0) --first;
  std::string text;
  for (; first != end; ++first) text += *first + "\n";
  return text;
}

bool reads_as(const std::string& text, const Architecture& profile) {
  try {
    const std::vector<Architecture> read = parse_architectures(text, profile.where.file);
    return read.size() == 1 && architecture_yaml(read.front()) == architecture_yaml(profile);
  } catch (const InputError&) {
    return false;
  }
}

std::string body(const Architecture& profile) {
  try {
    const auto lines = own_lines(lines_of(read_yaml_text(profile.where.file)), profile.name);
    if (lines && reads_as(*lines, profile)) return *lines;
  } catch (const InputError&) {
    // A file that is gone: what was read of it is still known.
  }
  return architecture_yaml(profile);
}

std::string scalar_json(const YamlNode& node) {
  double value = 0;
  if (!node.quoted && parse_number(node.scalar, value)) return number_text(value);
  if (!node.quoted && (node.scalar == "true" || node.scalar == "false")) return node.scalar;
  return json_text(node.scalar);
}

/// `indent` is that of the node's own line.
std::string json_of(const YamlNode& node, const std::string& indent) {
  if (node.kind == YamlNode::Kind::Scalar) return scalar_json(node);
  std::string text;
  const bool is_map = node.kind == YamlNode::Kind::Map;
  const auto add = [&](const std::string& key, const YamlNode& value) {
    text += (text.empty() ? "\n" : ",\n") + indent + "  " + key + json_of(value, indent + "  ");
  };
  for (const auto& [key, value] : node.entries) add(json_text(key) + ": ", value);
  for (const YamlNode& item : node.items) add("", item);
  if (node.kind == YamlNode::Kind::Null) return "null";
  return (is_map ? "{" : "[") + text + "\n" + indent + (is_map ? "}" : "]");
}

}  // namespace

std::string architecture_source(const Architecture& profile) {
  return one_line("# " + profile.name + " as " + profile.where.file + " has it.") + "\n" + units + "\n" + body(profile);
}

std::string architecture_json(const Architecture& profile) {
  YamlNode tree = parse_yaml(architecture_yaml(profile), profile.where.file);
  for (const std::string& key : profile.energies_not_stated()) tree.entries.front().second.add(key, YamlNode());
  return json_of(tree, "") + "\n";
}

}  // namespace upmem_des
