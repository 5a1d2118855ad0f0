#include "scenario/cache_tier_reader.hpp"

#include "scenario/ranges.hpp"
#include "scenario/read_values.hpp"

namespace upmem_des {

namespace {

constexpr double largest_tier_GB = 1e9;

}  // namespace

CacheTierSection read_cache_tier(const YamlNode& node) {
  CacheTierSection section;
  section.where = section.size_where = node.where;
  YamlMap map(node);
  const YamlNode& to = map.required("to");
  section.to = yaml_text(to);
  section.to_where = to.where;
  if (const YamlNode* capacity = map.optional("capacity_GB")) {
    section.capacity_GB = yaml_number(*capacity, NumberRange::positive(largest_tier_GB));
    section.size_where = capacity->where;
  }
  if (const YamlNode* blocks = map.optional("blocks")) {
    if (section.capacity_GB) yaml_error(*blocks, "does not go with capacity_GB; expected one of them");
    section.blocks = yaml_integer(*blocks, 1, largest_count);
    section.size_where = blocks->where;
  }
  if (const YamlNode* store = map.optional("store"))
    section.takes_evicted = yaml_choice(*store, {"full", "evicted"}) == "evicted";
  map.done();
  return section;
}

YamlNode cache_tier_value(const CacheTierSection& section) {
  YamlNode node = YamlNode::map();
  node.add("to", YamlNode::text(section.to));
  if (section.capacity_GB) node.add("capacity_GB", YamlNode::number(*section.capacity_GB));
  if (section.blocks) node.add("blocks", YamlNode::integer(*section.blocks));
  node.add("store", YamlNode::text(section.takes_evicted ? "evicted" : "full"));
  return node;
}

}  // namespace upmem_des
