/// What holds of all costs.
#include <gtest/gtest.h>

#include <random>

#include "cost_sample.hpp"
#include "price/cost_formulas.hpp"
#include "price/cost_inputs.hpp"
#include "upmem_des/price/cost_report.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class Draw {
 public:
  explicit Draw(unsigned seed) : engine_(seed) {}
  double between(double low, double high) { return std::uniform_real_distribution<>(low, high)(engine_); }
  ValueRange range(double low, double high) {
    const double a = between(low, high), b = between(low, high);
    return {std::min(a, b), (a + b) / 2, std::max(a, b)};
  }

 private:
  std::mt19937 engine_;
};

/// With a die, memory and ranges everywhere.
CostInputs random_inputs(unsigned seed) {
  Draw draw(seed);
  CostInputs inputs = sample_inputs();
  CostSection& section = inputs.section;
  section.years = draw.range(1, 8);
  section.utilisation = draw.range(0.05, 1);
  section.operation_share = draw.range(0, 1);
  section.pue = draw.range(1, 2);
  section.electricity_usd_per_kWh = draw.range(0.01, 0.5);
  section.carbon_g_per_kWh = draw.range(10, 900);
  section.idle_W = draw.range(0, 900);  // above and below the 500 W of the run
  ItemPrice& device = inputs.machine.items[1].price;
  device.price_usd.reset();
  device.die.emplace();
  device.die->area_mm2 = draw.range(20, 800);
  device.die->wafer_usd = draw.range(2000, 20'000);
  device.die->defects_per_cm2 = draw.range(0.02, 0.5);
  device.memory_usd_per_GB = draw.range(1, 10);
  device.memory_GB = 16;
  return inputs;
}

CostAmounts amounts_of(const CostInputs& inputs, const InputValues& values = {}) {
  return cost_amounts(inputs, inputs.run.answered, values);
}

TEST(CostLaw, PartsAddUpAndPromptsAndOutputsToAll) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const CostInputs inputs = random_inputs(seed);
    const CostAmounts amounts = amounts_of(inputs);
    for (const CostUnit unit : cost_units) {
      const auto at = [&](CostPart part) { return *amounts.at(unit, part); };
      EXPECT_NEAR(at(CostPart::CapitalUsd) + at(CostPart::EnergyUsd) + at(CostPart::OperationUsd),
                  at(CostPart::TotalUsd), 1e-12 * at(CostPart::TotalUsd));
      EXPECT_NEAR(at(CostPart::EnergyCarbon) + at(CostPart::EmbodiedCarbon), at(CostPart::TotalCarbon),
                  1e-12 * at(CostPart::TotalCarbon));
    }
    for (const CostPart part : {CostPart::TotalUsd, CostPart::CapitalUsd, CostPart::EnergyUsd, CostPart::Energy,
                                CostPart::TotalCarbon, CostPart::EmbodiedCarbon}) {
      const double all = *amounts.at(CostUnit::MillionTokens, part) * 400;
      const double apart = *amounts.at(CostUnit::MillionPromptTokens, part) * 300 +
                           *amounts.at(CostUnit::MillionOutputTokens, part) * 100;
      EXPECT_NEAR(all, apart, 1e-12 * all) << to_string(part);
      EXPECT_NEAR(all / 1e6, *amounts.at(CostUnit::Request, part) * 4, 1e-12 * all) << to_string(part);
    }
  }
}

/// "years" and others by name.
const ValueRange& input_of(const CostInputs& inputs, const std::string& name) {
  for (const NamedInput& one : named_inputs(inputs))
    if (one.name == name) return *one.input;
  throw std::runtime_error("no input " + name);
}

TEST(CostLaw, PerTokenGrowsWithPricesPowerAndPueAndFallsWithThroughputYearsAndUse) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    const CostInputs inputs = random_inputs(seed);
    const auto with = [&](const std::string& name, double factor) {
      const ValueRange& input = input_of(inputs, name);
      InputValues values;
      values.set(input, input.mid * factor);
      return *amounts_of(inputs, values).at(CostUnit::MillionTokens, CostPart::TotalUsd);
    };
    for (const char* const name :
         {"HOST.price_usd", "gpu.die.area_mm2", "gpu.die.wafer_usd", "gpu.die.defects_per_cm2", "gpu.memory_usd_per_GB",
          "operation_share", "pue", "electricity_usd_per_kWh", "simulated power", "idle_W"})
      EXPECT_LT(with(name, 1), with(name, 1.01)) << name;
    for (const char* const name : {"simulated throughput", "years", "utilisation"})
      EXPECT_GT(with(name, 0.99), with(name, 1)) << name;
  }
}

TEST(CostLaw, TwiceTheThroughputAtTheSamePowerCostsHalf) {
  CostInputs inputs = sample_inputs();
  InputValues values;
  values.set(inputs.run.throughput, 2);
  for (const CostUnit unit : cost_units)
    for (const CostPart part : {CostPart::TotalUsd, CostPart::Energy, CostPart::TotalCarbon})
      EXPECT_DOUBLE_EQ(*amounts_of(inputs, values).at(unit, part), *amounts_of(inputs).at(unit, part) / 2);
}

TEST(CostLaw, EnergyIsThatOfTheRunWhereTheMachineIsAlwaysBusy) {
  CostInputs inputs = sample_inputs();
  inputs.section.utilisation = ValueRange::of(1);
  inputs.section.pue = ValueRange::of(1);
  EXPECT_DOUBLE_EQ(*amounts_of(inputs).at(CostUnit::Request, CostPart::Energy) * 3.6e6 * 4, 5000);
}

/// The least and the most of an amount over all corners of the inputs' ranges.
ValueRange over_corners(const CostInputs& inputs, CostUnit unit, CostPart part) {
  std::vector<NamedInput> ranged;
  for (const NamedInput& one : named_inputs(inputs))
    if (one.input->is_range()) ranged.push_back(one);
  ValueRange found{1e300, *amounts_of(inputs).at(unit, part), 0};
  for (std::size_t corner = 0; corner < std::size_t{1} << ranged.size(); ++corner) {
    InputValues values;
    for (std::size_t i = 0; i < ranged.size(); ++i)
      values.set(*ranged[i].input, (corner >> i & 1U) != 0 ? ranged[i].high : ranged[i].low);
    const double value = *amounts_of(inputs, values).at(unit, part);
    found.low = std::min(found.low, value);
    found.high = std::max(found.high, value);
  }
  return found;
}

TEST(CostLaw, RangesAreThoseOfAllCorners) {
  for (unsigned seed = 0; seed < 6; ++seed) {
    const CostInputs inputs = random_inputs(seed);
    const CostReport report = cost_report(inputs);
    for (const auto& [unit, part] : {std::pair{CostUnit::MillionTokens, CostPart::TotalUsd},
                                     std::pair{CostUnit::QueryPerSecond, CostPart::TotalUsd},
                                     std::pair{CostUnit::QueryPerSecond, CostPart::Energy},
                                     std::pair{CostUnit::MillionPromptTokens, CostPart::TotalCarbon}}) {
      const ValueRange expected = over_corners(inputs, unit, part);
      const ValueRange found = *report.all.at(unit, part);
      EXPECT_NEAR(found.low, expected.low, 1e-9 * expected.low) << seed;
      EXPECT_NEAR(found.mid, expected.mid, 1e-9 * expected.mid) << seed;
      EXPECT_NEAR(found.high, expected.high, 1e-9 * expected.high) << seed;
    }
  }
}

/// Over the years a request per second pays for the same machine however busy it is: the share cancels, but for
/// rounding.
TEST(CostLaw, WhatCancelsMovesNothing) {
  for (int price = 1; price <= 300; ++price) {
    CostInputs inputs = sample_inputs();
    inputs.section = CostSection();
    inputs.section.years = ValueRange::of(3);
    inputs.section.utilisation = {0.3, 0.61, 0.9};
    inputs.section.cloud_usd_per_hour = ValueRange::of(0.37 * price);
    const CostReport report = cost_report(inputs);
    const ValueRange found = *report.all.at(CostUnit::QueryPerSecond, CostPart::TotalUsd);
    EXPECT_EQ(found.low, found.mid) << price;
    EXPECT_EQ(found.high, found.mid) << price;
    for (const CostDependence& of : report.dependence) {
      if (of.unit != CostUnit::QueryPerSecond) continue;
      for (const CostSwing& swing : of.swings) EXPECT_NE(swing.input, "utilisation") << price;
    }
  }
}

/// A range is read again only where it ascends.
TEST(CostLaw, RangesAscend) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    const CostReport report = cost_report(random_inputs(seed));
    for (const CostUnit unit : cost_units)
      for (const CostPart part : cost_parts)
        if (const auto& found = report.all.at(unit, part)) {
          EXPECT_LE(found->low, found->mid) << seed << " " << to_string(unit) << " " << to_string(part);
          EXPECT_LE(found->mid, found->high) << seed << " " << to_string(unit) << " " << to_string(part);
        }
  }
}

}  // namespace
