#include "price/cost_writer.hpp"

#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr const char* free_word = "free";
constexpr const char* none_word = "none";

YamlNode number_or(double value, const char* word) {
  return value == 0 && word != nullptr ? YamlNode::text(word) : YamlNode::number(value);
}

YamlNode range_node(const ValueRange& range, const char* word = nullptr) {
  if (!range.is_range()) return number_or(range.mid, word);
  YamlNode node = YamlNode::sequence();
  for (const double value : {range.low, range.mid, range.high}) node.items.push_back(number_or(value, word));
  return node;
}

void add(YamlNode& map, const char* key, const std::optional<ValueRange>& range, const char* word = nullptr) {
  if (range) map.add(key, range_node(*range, word));
}

void add_unless(const ValueRange& usual, YamlNode& map, const char* key, const ValueRange& range,
                const char* word = nullptr) {
  if (range != usual) map.add(key, range_node(range, word));
}

YamlNode die_node(const Die& die) {
  YamlNode node = YamlNode::map();
  if (die.count != 1) node.add("count", YamlNode::integer(die.count));
  node.add("area_mm2", range_node(die.area_mm2));
  node.add("wafer_usd", range_node(die.wafer_usd));
  node.add("wafer_mm", YamlNode::number(die.wafer_mm));
  node.add("defects_per_cm2", range_node(die.defects_per_cm2));
  node.add("yield", YamlNode::text(yield_names()[static_cast<std::size_t>(die.yield)]));
  if (die.yield == YieldModel::NegativeBinomial) node.add("cluster_alpha", YamlNode::number(die.cluster_alpha));
  add_unless(ValueRange::of(0), node, "test_usd", die.test_usd, free_word);
  add_unless(ValueRange::of(0), node, "package_usd", die.package_usd, free_word);
  return node;
}

}  // namespace

YamlNode item_price_node(const ItemPrice& price) {
  YamlNode node = YamlNode::map();
  add(node, "price_usd", price.price_usd, free_word);
  if (price.die) node.add("die", die_node(*price.die));
  add(node, "memory_usd_per_GB", price.memory_usd_per_GB, free_word);
  if (price.memory_GB) node.add("memory_GB", YamlNode::number(*price.memory_GB));
  add_unless(ValueRange::of(0), node, "margin", price.margin);
  add(node, "embodied_kg", price.embodied_kg, none_word);
  return node;
}

YamlNode cost_section_node(const CostSection& cost) {
  YamlNode node = YamlNode::map();
  add(node, "years", cost.years);
  node.add("utilisation", range_node(cost.utilisation));
  add(node, "operation_share", cost.operation_share);
  node.add("pue", range_node(cost.pue));
  add(node, "electricity_usd_per_kWh", cost.electricity_usd_per_kWh, free_word);
  add(node, "carbon_g_per_kWh", cost.carbon_g_per_kWh, none_word);
  add(node, "cloud_usd_per_hour", cost.cloud_usd_per_hour, free_word);
  add(node, "cloud_usd_per_device_hour", cost.cloud_usd_per_device_hour, free_word);
  add(node, "idle_W", cost.idle_W);
  if (!cost.machine.empty()) node.add("machine", item_price_node(cost.machine));
  if (!cost.host.empty()) node.add("host", item_price_node(cost.host));
  if (!cost.devices.empty()) {
    YamlNode& devices = node.add("devices", YamlNode::map());
    for (const NamedPrice& device : cost.devices) devices.add(device.name, item_price_node(device.price));
  }
  return node;
}

}  // namespace upmem_des
