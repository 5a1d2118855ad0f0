#include "scenario/mapping_reader.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>

#include "scenario/mapping_entry.hpp"

namespace upmem_des {

namespace {

/// Digits without a leading zero, up to max_layer.
std::optional<std::int64_t> layer_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || stop != text.data() + text.size() || value < 0 || value > max_layer) return std::nullopt;
  if (text.size() > 1 && (text[0] == '0' || text[0] == '-')) return std::nullopt;
  return value;
}

/// Reads the ranges of one section and keeps them by their first layer to see whether they overlap.
class LayerReader {
 public:
  explicit LayerReader(std::string section) : section_(std::move(section)) {}

  std::vector<LayerRangeEntry> read(const YamlNode& node) {
    const YamlMap is_map(node);
    if (node.entries.size() > max_layer_ranges)
      yaml_error(node, std::to_string(node.entries.size()) + " layer ranges; expected at most " +
                           std::to_string(max_layer_ranges));
    std::vector<LayerRangeEntry> ranges;
    for (const auto& [text, value] : node.entries) {
      LayerRangeEntry range = range_of(text, value);
      YamlNode place = value;
      take_experts(text, place, range);
      range.entry = read_mapping_entry(section_, text, place);
      check_overlap(range, value);
      ranges.push_back(std::move(range));
    }
    return ranges;
  }

 private:
  static LayerRangeEntry range_of(const std::string& text, const YamlNode& node) {
    const std::size_t dots = text.find("..");
    const std::string_view whole = text;
    const auto first = layer_number(whole.substr(0, dots));
    const auto last = dots == std::string::npos ? first : layer_number(whole.substr(dots + 2));
    if (!first || !last)
      yaml_error(node, "not a range of layers; expected one such as 16..31, or a single layer such as 7, from 0 to " +
                           std::to_string(max_layer));
    if (*first > *last)
      yaml_error(node, "a range that ends before it begins; expected " + std::to_string(*last) + ".." +
                           std::to_string(*first));
    return {*first, *last, {}, {}};
  }

  /// Where the experts of these layers go.
  void take_experts(const std::string& text, YamlNode& place, LayerRangeEntry& range) const {
    const auto experts = std::find_if(place.entries.begin(), place.entries.end(),
                                      [](const auto& line) { return line.first == "experts"; });
    if (experts == place.entries.end()) return;
    range.experts = read_mapping_entry(section_ + text + ".", "experts", experts->second);
    place.entries.erase(experts);
  }

  void check_overlap(const LayerRangeEntry& range, const YamlNode& node) {
    const auto after = seen_.upper_bound(range.last);
    if (after != seen_.begin()) {
      const Seen& before = std::prev(after)->second;
      if (before.last >= range.first)
        yaml_error(node, "has layers in common with " + before.text +
                             (before.line > 0 ? " on line " + std::to_string(before.line) : "") +
                             "; expected each layer once");
    }
    seen_[range.first] = {range.last, range.entry.layer, range.entry.where.line};
  }

  struct Seen {
    std::int64_t last = 0;
    std::string text;
    int line = 0;
  };

  std::string section_;
  std::map<std::int64_t, Seen> seen_;  // by first layer
};

/// A key that can stand in every section; false for names.
bool read_reserved(const std::string& prefix, const std::string& key, const YamlNode& node, MappingSection& section) {
  if (key == "default") {
    section.default_device = read_mapping_entry(prefix, key, node);
    check_default_device(*section.default_device);
  } else if (key == "experts") {
    section.experts = read_mapping_entry(prefix, key, node);
  } else if (key == "layers") {
    section.layers = LayerReader(prefix + "layers.").read(node);
  } else {
    return false;
  }
  return true;
}

MappingSection read_phase(const std::string& phase, const YamlNode& node) {
  const YamlMap is_map(node);
  MappingSection section;
  const std::string prefix = phase + ".";
  for (const auto& [key, value] : node.entries) {
    if (read_reserved(prefix, key, value, section)) continue;
    if (is_reserved_in_mapping(key))
      yaml_error(value, "a phase within a phase; expected default, experts, layers or names of layers");
    section.lines.push_back(read_mapping_entry(prefix, key, value));
  }
  return section;
}

}  // namespace

void read_mapping(const YamlNode& node, Scenario& scenario) {
  if (node.kind != YamlNode::Kind::Map && node.kind != YamlNode::Kind::Null)
    yaml_error(node, "no mapping; expected lines of layer: DEVICE or layer: DEVICE,flags");
  for (const auto& [key, value] : node.entries) {
    if (read_reserved("", key, value, scenario.mapping)) continue;
    if (key == to_string(Phase::Prefill) || key == to_string(Phase::Decode))
      scenario.mapping_of(key == to_string(Phase::Prefill) ? Phase::Prefill : Phase::Decode) = read_phase(key, value);
    else
      scenario.mapping.lines.push_back(read_mapping_entry("", key, value));
  }
}

}  // namespace upmem_des
