#include "price/cost_reader.hpp"

#include <algorithm>

#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr double largest_amount = 1e12;
constexpr double smallest_amount = 1e-9;
constexpr double largest_power_W = 1e18;
constexpr double most_memory_GB = 1e12;
constexpr double longest_years = 1000;
constexpr double shortest_years = 1e-3;
constexpr double least_utilisation = 1e-6;
constexpr double largest_pue = 100;
constexpr double largest_share = 1000;
constexpr double largest_wafer_mm = 1000;
constexpr double smallest_area_mm2 = 1e-3;
constexpr double least_yield = 1e-6;
constexpr double largest_alpha = 1e6;
constexpr std::int64_t most_dies = 1'000'000;

struct Amount {
  NumberRange range;
  const char* word = nullptr;  ///< for nothing
};
const Amount usd{{smallest_amount, largest_amount}, "free"};
const Amount kg{{smallest_amount, largest_amount}, "none"};

double read_one(const YamlNode& node, const Amount& amount) {
  double value = 0;
  const bool is_plain = node.kind == YamlNode::Kind::Scalar && !node.quoted;
  if (amount.word == nullptr) return yaml_number(node, amount.range);
  if (is_plain && node.scalar == amount.word) return 0;
  if (is_plain && parse_number(node.scalar, value) && value == 0)
    yaml_error(node, "'" + node.scalar + "'; expected a number above 0, or " + amount.word);
  return yaml_number(node, amount.range);
}

ValueRange ordered(const YamlNode& node, const ValueRange& range) {
  if (range.low > range.mid || range.mid > range.high)
    yaml_error(node, number_text(range.low) + ", " + number_text(range.mid) + ", " + number_text(range.high) +
                         " from low to high; expected ascending amounts");
  return range;
}

/// Half way between two ends.
ValueRange between(const YamlNode& node, double low, double high) {
  return ordered(node, {low, low / 2 + high / 2, high});
}

ValueRange read_range(const YamlNode& node, const Amount& amount) {
  if (node.kind == YamlNode::Kind::Sequence) {
    const std::vector<YamlNode>& items = node.items;
    if (items.size() != 2 && items.size() != 3)
      yaml_error(node, "a list of " + std::to_string(items.size()) + "; expected [low, high] or [low, middle, high]");
    const double low = read_one(items.front(), amount), high = read_one(items.back(), amount);
    return items.size() == 2 ? between(node, low, high) : ordered(node, {low, read_one(items[1], amount), high});
  }
  if (node.kind == YamlNode::Kind::Map) {
    YamlMap map(node);
    const double low = read_one(map.required("low"), amount);
    const double high = read_one(map.required("high"), amount);
    const YamlNode* mid = map.optional("mid");
    map.done();
    return mid == nullptr ? between(node, low, high) : ordered(node, {low, read_one(*mid, amount), high});
  }
  return ValueRange::of(read_one(node, amount));
}

std::optional<ValueRange> read_optional(YamlMap& map, const char* key, const Amount& amount) {
  const YamlNode* node = map.optional(key);
  if (node == nullptr) return std::nullopt;
  return read_range(*node, amount);
}

void read_into(YamlMap& map, const char* key, const Amount& amount, ValueRange& value) {
  if (const YamlNode* node = map.optional(key)) value = read_range(*node, amount);
}

void check_area_and_yield(const YamlNode& node, const Die& die) {
  const double most_mm2 = die.wafer_mm * die.wafer_mm / 16;
  if (die.area_mm2.high > most_mm2)
    throw InputError(node.where, node.key + ".area_mm2",
                     number_text(die.area_mm2.high) + " is too large for a wafer of " + number_text(die.wafer_mm) +
                         " mm; expected at most " + number_text(most_mm2));
  // Also where both are varied by a fifth.
  constexpr double varied = 1.2;
  const double yield =
      die_yield(die.yield, die.defects_per_cm2.high * varied, die.area_mm2.high * varied, die.cluster_alpha);
  if (yield < least_yield)
    throw InputError(node.where, node.key + ".defects_per_cm2",
                     "next to no die would be good; expected fewer defects, or a smaller area");
}

Die read_die(const YamlNode& node) {
  YamlMap map(node);
  Die die;
  if (const YamlNode* count = map.optional("count")) die.count = yaml_integer(*count, 1, most_dies);
  die.area_mm2 = read_range(map.required("area_mm2"), {{smallest_area_mm2, largest_amount}});
  die.wafer_usd = read_range(map.required("wafer_usd"), {{smallest_amount, largest_amount}});
  if (const YamlNode* wafer = map.optional("wafer_mm"))
    die.wafer_mm = yaml_number(*wafer, NumberRange::positive(largest_wafer_mm));
  die.defects_per_cm2 = read_range(map.required("defects_per_cm2"), {{smallest_amount, largest_amount}});
  if (const YamlNode* model = map.optional("yield")) {
    const std::vector<std::string>& names = yield_names();
    die.yield =
        static_cast<YieldModel>(std::find(names.begin(), names.end(), yaml_choice(*model, names)) - names.begin());
  }
  if (const YamlNode* alpha = map.optional("cluster_alpha")) {
    if (die.yield != YieldModel::NegativeBinomial) yaml_error(*alpha, "goes with yield: negative_binomial alone");
    die.cluster_alpha = yaml_number(*alpha, {1e-3, largest_alpha});
  }
  read_into(map, "test_usd", usd, die.test_usd);
  read_into(map, "package_usd", usd, die.package_usd);
  map.done();
  check_area_and_yield(node, die);
  return die;
}

void expect_currency(const YamlNode& node) {
  if (const YamlNode* price = node.find("price"))
    yaml_error(*price, "an amount without its currency; expected price_usd");
}

std::optional<ValueRange> read_price(YamlMap& map) {
  return read_optional(map, "price_usd", usd);
}

}  // namespace

ItemPrice read_item_price(const YamlNode& node) {
  YamlMap map(node);
  expect_currency(node);
  ItemPrice item;
  item.price_usd = read_price(map);
  if (const YamlNode* die = map.optional("die")) {
    if (item.price_usd) yaml_error(*die, "beside price_usd; expected one of the two");
    item.die = read_die(*die);
  }
  item.memory_usd_per_GB = read_optional(map, "memory_usd_per_GB", usd);
  if (const YamlNode* memory = map.optional("memory_GB")) {
    if (!item.memory_usd_per_GB) yaml_error(*memory, "expected memory_usd_per_GB beside it");
    item.memory_GB = yaml_number(*memory, {smallest_amount, most_memory_GB});
  }
  if (const YamlNode* margin = map.optional("margin")) {
    if (item.price_usd || !item.has_price())
      yaml_error(*margin, "is added to what die and memory cost; expected these, without price_usd");
    item.margin = read_range(*margin, {{0, largest_margin}});
  }
  item.embodied_kg = read_optional(map, "embodied_kg", kg);
  map.done();
  if (item.empty()) yaml_error(node, "empty; expected price_usd, die, memory_usd_per_GB or embodied_kg");
  return item;
}

ItemPrice read_machine_price(const YamlNode& node) {
  YamlMap map(node);
  expect_currency(node);
  ItemPrice machine;
  machine.price_usd = read_price(map);
  machine.embodied_kg = read_optional(map, "embodied_kg", kg);
  map.done();
  if (machine.empty()) yaml_error(node, "empty; expected price_usd or embodied_kg");
  return machine;
}

CostSection read_cost_section(const YamlNode& node) {
  YamlMap map(node);
  CostSection cost;
  cost.years = read_optional(map, "years", {{shortest_years, longest_years}});
  read_into(map, "utilisation", {{least_utilisation, 1}}, cost.utilisation);
  cost.operation_share = read_optional(map, "operation_share", {{0, largest_share}});
  read_into(map, "pue", {{1, largest_pue}}, cost.pue);
  cost.electricity_usd_per_kWh = read_optional(map, "electricity_usd_per_kWh", usd);
  cost.carbon_g_per_kWh = read_optional(map, "carbon_g_per_kWh", kg);
  cost.cloud_usd_per_hour = read_optional(map, "cloud_usd_per_hour", usd);
  cost.cloud_usd_per_device_hour = read_optional(map, "cloud_usd_per_device_hour", usd);
  if (cost.cloud_usd_per_hour && cost.cloud_usd_per_device_hour)
    yaml_error(*map.optional("cloud_usd_per_device_hour"), "beside cloud_usd_per_hour; expected one of the two");
  cost.idle_W = read_optional(map, "idle_W", {{0, largest_power_W}});
  if (const YamlNode* machine = map.optional("machine")) cost.machine = read_machine_price(*machine);
  if (const YamlNode* host = map.optional("host")) cost.host = read_item_price(*host);
  if (const YamlNode* devices = map.optional("devices")) {
    const YamlMap by_name(*devices);  // throws where it is none
    for (const auto& [name, price] : devices->entries)
      cost.devices.push_back({name, read_item_price(price), price.where, price.key});
  }
  map.done();
  return cost;
}

}  // namespace upmem_des
