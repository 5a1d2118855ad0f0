#include "scenario/disaggregation_reader.hpp"

#include <string>

#include "scenario/mapping_entry.hpp"
#include "scenario/ranges.hpp"
#include "scenario/read_values.hpp"

namespace upmem_des {

namespace {

constexpr std::int64_t most_replicas = 1024;

PoolSection read_pool(const YamlNode& node, const std::string& name) {
  PoolSection pool;
  pool.where = pool.replicas_where = node.where;
  YamlMap map(node);
  pool.mapping = read_mapping_entry("serving.disaggregation." + name + ".", "default", map.required("mapping"));
  check_default_device(pool.mapping);
  if (const YamlNode* replicas = map.optional("replicas")) {
    pool.replicas = yaml_integer(*replicas, 1, most_replicas);
    pool.replicas_where = replicas->where;
  }
  pool.kv_blocks = read_count(map, "kv_blocks");
  pool.max_num_batched_tokens = read_count(map, "max_num_batched_tokens");
  pool.max_num_seqs = read_count(map, "max_num_seqs");
  map.done();
  return pool;
}

YamlNode pool_value(const PoolSection& pool) {
  YamlNode node = YamlNode::map();
  node.add("mapping", mapping_value(pool.mapping));
  node.add("replicas", YamlNode::integer(pool.replicas));
  const auto add = [&](const char* key, const std::optional<std::int64_t>& value) {
    if (value) node.add(key, YamlNode::integer(*value));
  };
  add("kv_blocks", pool.kv_blocks);
  add("max_num_batched_tokens", pool.max_num_batched_tokens);
  add("max_num_seqs", pool.max_num_seqs);
  return node;
}

}  // namespace

DisaggregationSection read_disaggregation(const YamlNode& node) {
  DisaggregationSection section;
  section.where = node.where;
  YamlMap map(node);
  section.prefill = read_pool(map.required("prefill"), "prefill");
  section.decode = read_pool(map.required("decode"), "decode");
  section.kv_dtype = read_number_format(map, "kv_dtype");
  if (const YamlNode* overlap = map.optional("overlap"))
    section.by_layer = yaml_choice(*overlap, {"layer", "none"}) == "layer";
  if (const YamlNode* first = map.optional("first_token"))
    section.decode_gives_first = yaml_choice(*first, {"prefill", "decode"}) == "decode";
  if (const YamlNode* fewest = map.optional("min_tokens")) section.min_tokens = yaml_integer(*fewest, 0, largest_count);
  map.done();
  return section;
}

YamlNode disaggregation_value(const DisaggregationSection& section) {
  YamlNode node = YamlNode::map();
  node.add("prefill", pool_value(section.prefill));
  node.add("decode", pool_value(section.decode));
  if (section.kv_dtype) node.add("kv_dtype", YamlNode::text(to_string(*section.kv_dtype)));
  node.add("overlap", YamlNode::text(section.by_layer ? "layer" : "none"));
  node.add("first_token", YamlNode::text(section.decode_gives_first ? "decode" : "prefill"));
  node.add("min_tokens", YamlNode::integer(section.min_tokens));
  return node;
}

}  // namespace upmem_des
