#include "scenario/mapping_entry.hpp"

#include "scenario/ranges.hpp"
#include "scenario/shares_reader.hpp"
#include "upmem_des/util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr const char* expected_place = "expected a device, or a device and flags such as PIM-AI-4chip,t";

/// "t" or, as the published tool's files have it, "t,more".
void set_flags(MappingEntry& entry, const std::string& text) {
  const std::size_t comma = text.find(',');
  entry.flags = text.substr(0, comma);
  if (comma != std::string::npos) entry.more = text.substr(comma + 1);
}

std::string flags_text(const MappingEntry& entry) {
  return entry.more.empty() ? entry.flags : entry.flags + "," + entry.more;
}

/// A section whose name is misspelt looks like a line of a layer.
void check_misspelt_section(const YamlNode& node, const MappingEntry& entry) {
  if (node.find("devices") != nullptr) return;
  const std::string suggestion = did_you_mean(entry.layer, {"experts", "layers", "prefill", "decode"});
  if (!suggestion.empty())
    yaml_error(node, "neither a section nor a layer's {devices: …, split: …, flags: …}" + suggestion);
}

void read_place(const YamlNode& node, MappingEntry& entry) {
  check_misspelt_section(node, entry);
  YamlMap map(node);
  const YamlNode& devices = map.required("devices");
  entry.device = yaml_text(devices);
  if (entry.device.find(',') != std::string::npos)
    yaml_error(devices, "'" + entry.device + "' has a comma; expected devices joined by '+', and flags under flags");
  if (const YamlNode* split = map.optional("split")) entry.split = yaml_choice(*split, split_names());
  if (const YamlNode* replicas = map.optional("replicas")) {
    entry.replicas = yaml_integer(*replicas, 1, most_devices);
    if (entry.replicas > 1 && entry.split && *entry.split != "tensor")
      yaml_error(*replicas, "groups of devices that share the rows, with split: " + *entry.split +
                                "; expected split: tensor, or no replicas");
  }
  if (const YamlNode* context = map.optional("context")) {
    entry.context = yaml_integer(*context, 1, most_devices);
    const bool are_replicas = entry.split && *entry.split == "replicas";
    if (entry.context > 1 && !are_replicas && entry.replicas % entry.context != 0)
      yaml_error(*context, std::to_string(entry.context) + " that share sequences, of " +
                               std::to_string(entry.replicas) + " replicas; expected a divisor of replicas");
  }
  if (const YamlNode* sequence = map.optional("sequence_parallel")) {
    entry.sequence_parallel = yaml_truth(*sequence);
    if (entry.sequence_parallel && entry.split && *entry.split != "tensor")
      yaml_error(*sequence, "true with split: " + *entry.split + "; expected split: tensor, or false");
  }
  if (const YamlNode* groups = map.optional("groups")) {
    entry.groups = yaml_integer(*groups, 1, most_devices);
    if (entry.split && *entry.split != "experts")
      yaml_error(*groups, "groups among which experts are dealt out, with split: " + *entry.split +
                              "; expected split: experts, or no groups");
  }
  if (const YamlNode* shares = map.optional("shares")) {
    entry.shares = read_shares(*shares);
    if (entry.split && *entry.split == "experts")
      yaml_error(*shares, "shares with split: experts, which are whole; expected split: tensor or replicas");
  }
  if (const YamlNode* flags = map.optional("flags")) set_flags(entry, yaml_text(*flags));
  map.done();
}

}  // namespace

void set_place(MappingEntry& entry, const std::string& text) {
  if (text.empty()) throw InputError(entry.where, entry.key(), std::string("empty; ") + expected_place);
  const std::size_t comma = text.find(',');
  entry.device = text.substr(0, comma);
  if (comma != std::string::npos) set_flags(entry, text.substr(comma + 1));
  if (entry.device.empty())
    throw InputError(entry.where, entry.key(), "no device before the comma; expected one such as PIM-AI-4chip,t");
}

MappingEntry read_mapping_entry(const std::string& section, const std::string& layer, const YamlNode& node) {
  MappingEntry entry;
  entry.layer = layer;
  entry.section = section;
  entry.where = node.where;
  switch (node.kind) {
    case YamlNode::Kind::Null:
    case YamlNode::Kind::Scalar:
      set_place(entry, node.scalar);
      break;
    case YamlNode::Kind::Sequence:
      yaml_error(node, "a list; expected a device such as PIM-AI-4chip,t, or {devices: …, split: …, flags: …}");
    case YamlNode::Kind::Map:
      read_place(node, entry);
      break;
  }
  return entry;
}

YamlNode mapping_value(const MappingEntry& entry) {
  const std::string flags = flags_text(entry);
  if (!entry.split && entry.replicas == 1 && entry.context == 1 && !entry.sequence_parallel && entry.groups == 0 &&
      entry.shares.are_equal())
    return YamlNode::text(flags.empty() ? entry.device : entry.device + "," + flags);
  return place_value(entry);
}

YamlNode place_value(const MappingEntry& entry) {
  const std::string flags = flags_text(entry);
  YamlNode node = YamlNode::map();
  node.add("devices", YamlNode::text(entry.device));
  if (entry.split) node.add("split", YamlNode::text(*entry.split));
  if (entry.replicas > 1) node.add("replicas", YamlNode::integer(entry.replicas));
  if (entry.context > 1) node.add("context", YamlNode::integer(entry.context));
  if (entry.sequence_parallel) node.add("sequence_parallel", YamlNode::truth(true));
  if (entry.groups > 0) node.add("groups", YamlNode::integer(entry.groups));
  if (!entry.shares.are_equal()) node.add("shares", shares_value(entry.shares));
  if (!flags.empty()) node.add("flags", YamlNode::text(flags));
  return node;
}

void check_default_device(const MappingEntry& entry) {
  if (!entry.flags.empty() || !entry.more.empty())
    throw InputError(entry.where, entry.key(), "flags on the default device; expected them on named layers only");
}

}  // namespace upmem_des
