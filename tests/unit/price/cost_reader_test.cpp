#include "price/cost_reader.hpp"

#include <gtest/gtest.h>

#include "price/cost_writer.hpp"

using namespace upmem_des;

namespace {

YamlNode parsed(const std::string& text) {
  return parse_yaml(text, "F");
}

template <class Read>
std::string error_of(const Read& read, const std::string& text) {
  try {
    read(parsed(text));
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

std::string item_error(const std::string& text) {
  return error_of(read_item_price, text);
}

std::string section_error(const std::string& text) {
  return error_of(read_cost_section, text);
}

TEST(CostReader, AmountsAreNumbersOrRanges) {
  const auto price = [](const std::string& text) { return *read_item_price(parsed("price_usd: " + text)).price_usd; };
  EXPECT_EQ(price("12.5"), ValueRange::of(12.5));
  EXPECT_EQ(price("[10, 30]"), (ValueRange{10, 20, 30}));
  EXPECT_EQ(price("[10, 15, 30]"), (ValueRange{10, 15, 30}));
  EXPECT_EQ(price("{low: 10, high: 30}"), (ValueRange{10, 20, 30}));
  EXPECT_EQ(price("{low: 10, mid: 12, high: 30}"), (ValueRange{10, 12, 30}));
  EXPECT_EQ(price("[7, 7]"), ValueRange::of(7));
  EXPECT_EQ(price("free"), ValueRange::of(0));
  EXPECT_EQ(price("[free, 10]"), (ValueRange{0, 5, 10}));
}

TEST(CostReader, BadAmounts) {
  EXPECT_EQ(item_error("price_usd: 0"), "F:1: price_usd: '0'; expected a number above 0, or free");
  EXPECT_EQ(item_error("price_usd: 0.0"), "F:1: price_usd: '0.0'; expected a number above 0, or free");
  EXPECT_EQ(item_error("embodied_kg: 0"), "F:1: embodied_kg: '0'; expected a number above 0, or none");
  const std::string expected = "; expected a number from 1e-09 to 1000000000000";
  for (const char* const bad : {"-1", "inf", "nan", ".inf", "1e13", "1e999", "1e-10", "cheap"})
    EXPECT_EQ(item_error(std::string("price_usd: ") + bad), "F:1: price_usd: '" + std::string(bad) + "'" + expected);
  EXPECT_EQ(item_error("price_usd: '5'"), "F:1: price_usd: '5'" + expected);
  EXPECT_EQ(item_error("price_usd:"), "F:1: price_usd: nothing" + expected);
  EXPECT_EQ(item_error("price_usd: [3, 2]"), "F:1: price_usd: 3, 2.5, 2 from low to high; expected ascending amounts");
  EXPECT_EQ(item_error("price_usd: [1, 5, 3]"), "F:1: price_usd: 1, 5, 3 from low to high; expected ascending amounts");
  EXPECT_EQ(item_error("price_usd: [1]"), "F:1: price_usd: a list of 1; expected [low, high] or [low, middle, high]");
  EXPECT_EQ(item_error("price_usd: {low: 1}"), "F:1: price_usd.high: missing; expected a value");
}

TEST(CostReader, BadItems) {
  EXPECT_EQ(item_error("{}"), "F:1: empty; expected price_usd, die, memory_usd_per_GB or embodied_kg");
  EXPECT_EQ(item_error("price: 5"), "F:1: price: an amount without its currency; expected price_usd");
  EXPECT_EQ(item_error("price_usd: 5\ndie: {}"), "F:2: die: beside price_usd; expected one of the two");
  EXPECT_EQ(item_error("price_usd: 5\nmemory_GB: 5"), "F:2: memory_GB: expected memory_usd_per_GB beside it");
  EXPECT_EQ(item_error("price_usd: 5\nmargin: 0.5"),
            "F:2: margin: is added to what die and memory cost; expected these, without price_usd");
  EXPECT_EQ(item_error("memory_usd_per_GB: 5\nmargin: 1"), "F:2: margin: '1'; expected a number from 0 to 0.99");
}

TEST(CostReader, BadDies) {
  const std::string die = "die: {area_mm2: 100, wafer_usd: 6000, defects_per_cm2: 0.1";
  EXPECT_EQ(item_error(die + "}"), "no error");
  EXPECT_EQ(item_error("die: {wafer_usd: 6000, defects_per_cm2: 0.1}"), "F:1: die.area_mm2: missing; expected a value");
  EXPECT_EQ(item_error("die: {area_mm2: 0, wafer_usd: 6000, defects_per_cm2: 0.1}"),
            "F:1: die.area_mm2: '0'; expected a number from 0.001 to 1000000000000");
  EXPECT_EQ(item_error("die: {area_mm2: 5626, wafer_usd: 6000, defects_per_cm2: 0.1}"),
            "F:1: die.area_mm2: 5626 is too large for a wafer of 300 mm; expected at most 5625");
  EXPECT_EQ(item_error("die: {area_mm2: 5000, wafer_usd: 6000, defects_per_cm2: 1, yield: poisson}"),
            "F:1: die.defects_per_cm2: next to no die would be good; expected fewer defects, or a smaller area");
  EXPECT_EQ(item_error(die + ", yield: murphy, cluster_alpha: 2}"),
            "F:1: die.cluster_alpha: goes with yield: negative_binomial alone");
  EXPECT_EQ(item_error(die + ", yield: seeds}"),
            "F:1: die.yield: unknown value 'seeds'; expected one of poisson, murphy, negative_binomial");
  EXPECT_EQ(item_error(die + ", count: 0}"), "F:1: die.count: '0'; expected a whole number from 1 to 1000000");
}

/// Of every figure there is, in a section that is good but for it: what is not above 0 and finite is refused at its
/// key.
TEST(CostReader, EveryFigureIsAboveZeroAndFinite) {
  const std::string die = "die: {area_mm2: 100, wafer_usd: 6000, defects_per_cm2: 0.1, ";
  struct Figure {
    std::string before, key, after;
    bool is_item;
    bool may_be_0 = false;
  };
  const std::vector<Figure> figures{
      {"", "years", "", false},
      {"", "utilisation", "", false},
      {"", "operation_share", "", false, true},
      {"", "pue", "", false},
      {"", "electricity_usd_per_kWh", "", false},
      {"", "carbon_g_per_kWh", "", false},
      {"", "cloud_usd_per_hour", "", false},
      {"", "cloud_usd_per_device_hour", "", false},
      {"", "idle_W", "", false, true},
      {"", "price_usd", "", true},
      {"", "memory_usd_per_GB", "", true},
      {"memory_usd_per_GB: 5\n", "memory_GB", "", true},
      {"memory_usd_per_GB: 5\n", "margin", "", true, true},
      {"", "embodied_kg", "", true},
      {"die: {wafer_usd: 6000, defects_per_cm2: 0.1, ", "area_mm2", "}", true},
      {"die: {area_mm2: 100, defects_per_cm2: 0.1, ", "wafer_usd", "}", true},
      {"die: {area_mm2: 100, wafer_usd: 6000, ", "defects_per_cm2", "}", true},
      {die, "test_usd", "}", true},
      {die, "package_usd", "}", true},
      {die, "wafer_mm", "}", true},
      {die, "cluster_alpha", "}", true},
      {die, "count", "}", true},
  };
  for (const Figure& figure : figures) {
    const auto error = [&](const std::string& value) {
      const std::string text = figure.before + figure.key + ": " + value + figure.after;
      return figure.is_item ? item_error(text) : section_error(text);
    };
    for (const char* const bad : {"0", "-1", "inf", "-inf", "nan", "1e999", "much", "''"}) {
      const std::string found = error(bad);
      if (figure.may_be_0 && bad == std::string("0")) {
        EXPECT_EQ(found, "no error") << figure.key;
        continue;
      }
      EXPECT_NE(found.find(figure.key + ": "), std::string::npos) << figure.key << " " << bad << ": " << found;
      EXPECT_NE(found.find("; expected a"), std::string::npos) << figure.key << " " << bad << ": " << found;
    }
    EXPECT_NE(error("").find(figure.key + ": nothing; expected a"), std::string::npos) << error("");
  }
}

TEST(CostReader, SectionOfAScenario) {
  const CostSection nothing = read_cost_section(parsed("{}"));
  EXPECT_FALSE(nothing.years || nothing.carbon_g_per_kWh || nothing.electricity_usd_per_kWh || nothing.operation_share);
  EXPECT_EQ(nothing.utilisation, ValueRange::of(1));
  EXPECT_EQ(nothing.pue, ValueRange::of(1));
  const CostSection cost = read_cost_section(
      parsed("years: [3, 5]\nutilisation: 0.6\ncarbon_g_per_kWh: none\ndevices:\n  gpu: {price_usd: 30000}\n"));
  EXPECT_EQ(cost.years, (ValueRange{3, 4, 5}));
  EXPECT_EQ(cost.carbon_g_per_kWh, ValueRange::of(0));
  ASSERT_EQ(cost.devices.size(), 1U);
  EXPECT_EQ(cost.devices[0].name, "gpu");
  EXPECT_EQ(cost.devices[0].key, "devices.gpu");
  EXPECT_EQ(cost.devices[0].where.line, 5);
}

TEST(CostReader, BadSections) {
  EXPECT_EQ(section_error("years: 0"), "F:1: years: '0'; expected a number from 0.001 to 1000");
  EXPECT_EQ(section_error("utilisation: 0"), "F:1: utilisation: '0'; expected a number from 1e-06 to 1");
  EXPECT_EQ(section_error("utilisation: 1.1"), "F:1: utilisation: '1.1'; expected a number from 1e-06 to 1");
  EXPECT_EQ(section_error("pue: 0.9"), "F:1: pue: '0.9'; expected a number from 1 to 100");
  EXPECT_EQ(section_error("electricity_usd_per_kWh: 0"),
            "F:1: electricity_usd_per_kWh: '0'; expected a number above 0, or free");
  EXPECT_EQ(section_error("carbon_g_per_kWh: 0"), "F:1: carbon_g_per_kWh: '0'; expected a number above 0, or none");
  EXPECT_EQ(section_error("operation_share: -0.1"), "F:1: operation_share: '-0.1'; expected a number from 0 to 1000");
  EXPECT_EQ(section_error("cloud_usd_per_hour: 3\ncloud_usd_per_device_hour: 3"),
            "F:2: cloud_usd_per_device_hour: beside cloud_usd_per_hour; expected one of the two");
  EXPECT_EQ(section_error("devices: 5"), "F:1: devices: '5'; expected a mapping of keys to values");
  EXPECT_EQ(section_error("machine: {}"), "F:1: machine: empty; expected price_usd or embodied_kg");
  EXPECT_EQ(section_error("machine: {memory_usd_per_GB: 3}"),
            "F:1: machine.memory_usd_per_GB: unknown key; expected one of price_usd, embodied_kg");
}

TEST(CostWriter, WhatIsWrittenReadsBackTheSame) {
  const std::string text =
      "years: [3, 3.5, 5]\nutilisation: 0.6\noperation_share: 0.1\npue: [1.1, 1.3]\nelectricity_usd_per_kWh: free\n"
      "carbon_g_per_kWh: [none, 400]\nidle_W: 300\nmachine: {embodied_kg: 2000}\nhost: {price_usd: 9000, "
      "memory_usd_per_GB: 2.4, memory_GB: 2000}\ndevices:\n  pim: {die: {count: 16, area_mm2: 60, wafer_usd: [3000, "
      "5000], defects_per_cm2: 0.1, yield: murphy, test_usd: 1, package_usd: 20}, memory_usd_per_GB: [3, 7], margin: "
      "0.4, embodied_kg: none}\n";
  const CostSection cost = read_cost_section(parsed(text));
  const std::string written = emit_yaml(cost_section_node(cost));
  EXPECT_EQ(emit_yaml(cost_section_node(read_cost_section(parsed(written)))), written);
  const CostSection again = read_cost_section(parsed(written));
  EXPECT_EQ(again.years, cost.years);
  EXPECT_EQ(again.electricity_usd_per_kWh, ValueRange::of(0));
  EXPECT_EQ(again.carbon_g_per_kWh, (ValueRange{0, 200, 400}));
  EXPECT_EQ(again.devices[0].price.die->count, 16);
  EXPECT_EQ(again.devices[0].price.die->yield, YieldModel::Murphy);
  EXPECT_EQ(again.devices[0].price.margin, ValueRange::of(0.4));
  EXPECT_EQ(again.devices[0].price.embodied_kg, ValueRange::of(0));
  EXPECT_EQ(again.host.memory_GB, 2000.0);
}

}  // namespace
