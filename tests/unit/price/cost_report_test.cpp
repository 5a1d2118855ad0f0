#include "upmem_des/price/cost_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cost_sample.hpp"
#include "price/cost_formulas.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

TEST(CostReport, WithoutRangesLowAndHighAreTheMiddle) {
  const CostReport report = cost_report(sample_inputs());
  for (const CostUnit unit : cost_units) {
    const ValueRange usd = *report.all.at(unit, CostPart::TotalUsd);
    EXPECT_EQ(usd.low, usd.mid);
    EXPECT_EQ(usd.mid, usd.high);
  }
  EXPECT_EQ(report.machine_usd, ValueRange::of(2500));
  EXPECT_DOUBLE_EQ(report.power_W.value(), 500);
  EXPECT_EQ(report.idle_W, ValueRange::of(100));
  EXPECT_DOUBLE_EQ(report.requests_per_s, 0.4);
  EXPECT_THAT(report.missing, testing::IsEmpty());
  EXPECT_FALSE(report.goodput_per_s);
}

TEST(CostReport, RangeOfAPriceByHand) {
  CostInputs inputs = sample_inputs();
  inputs.machine.items[1].price.price_usd = ValueRange{800, 1000, 1500};
  inputs.section.years = ValueRange{1, 2, 4};
  const CostReport report = cost_report(inputs);
  // Least: 2 x 800 + 500 over 4 years; most: 2 x 1500 + 500 over one. A request takes 1/720 h.
  const ValueRange capital = *report.all.at(CostUnit::Request, CostPart::CapitalUsd);
  EXPECT_NEAR(capital.low, 2100.0 / (4 * 8766) / 720, 1e-15);
  EXPECT_NEAR(capital.mid, 2500.0 / (2 * 8766) / 720, 1e-15);
  EXPECT_NEAR(capital.high, 3500.0 / 8766 / 720, 1e-15);
  EXPECT_EQ(report.machine_usd, (ValueRange{2100, 2500, 3500}));
}

TEST(CostReport, GoodputIsPaidByAll) {
  CostInputs inputs = sample_inputs();
  inputs.run.meeting = AnsweredCounts{1, 75, 25};
  const CostReport report = cost_report(inputs);
  EXPECT_DOUBLE_EQ(*report.goodput_per_s, 0.1);
  for (const CostUnit unit : cost_units)
    EXPECT_NEAR(report.good->at(unit, CostPart::TotalUsd)->mid, 4 * report.all.at(unit, CostPart::TotalUsd)->mid,
                1e-9 * report.all.at(unit, CostPart::TotalUsd)->mid);
  inputs.run.meeting = AnsweredCounts{0, 0, 0};
  const CostReport none = cost_report(inputs);
  EXPECT_DOUBLE_EQ(*none.goodput_per_s, 0);
  EXPECT_FALSE(none.good);
  EXPECT_THAT(none.missing, testing::ElementsAre("at the goodput: not said: no request met the objectives"));
}

TEST(CostReport, SaysWhatIsMissing) {
  CostInputs inputs = sample_inputs();
  inputs.section = {};
  inputs.machine.items[1].price = {};
  inputs.run.answered.prompt_tokens.reset();
  EXPECT_THAT(
      cost_report(inputs).missing,
      testing::ElementsAre("capital: not said: 'gpu' has no price_usd", "capital: not said: cost.years is not given",
                           "energy in USD: not said: cost.electricity_usd_per_kWh is not given",
                           "operation: not said: cost.operation_share is not given; it is not in the total",
                           "carbon: not said: cost.carbon_g_per_kWh is not given",
                           "embodied carbon: not said: 'gpu' has no embodied_kg",
                           "prompt tokens: not said: the workload does not say how many"));
}

TEST(CostReport, MemoryByTheGigabyteNeedsASize) {
  CostInputs inputs = sample_inputs();
  inputs.machine.items[0].price.memory_usd_per_GB = ValueRange::of(3);
  EXPECT_THAT(
      cost_report(inputs).missing,
      testing::ElementsAre("capital: not said: 'HOST' has no memory_GB, nor a capacity, for memory_usd_per_GB"));
  inputs.machine.items[0].capacity_GB = 100;
  EXPECT_EQ(cost_report(inputs).machine_usd, ValueRange::of(2800));
}

TEST(CostReport, PartsWithoutAPriceOfTheirOwnAreInOthers) {
  CostInputs inputs = sample_inputs();
  ItemPrice priced;
  priced.price_usd = ValueRange::of(300);
  inputs.machine.items.push_back({"switch", 2, std::nullopt, priced, false});
  ItemPrice carbon;
  carbon.embodied_kg = ValueRange::of(10);
  inputs.machine.items.push_back({"cable", 4, std::nullopt, carbon, false});
  EXPECT_EQ(cost_report(inputs).machine_usd, ValueRange::of(3100));
  EXPECT_THAT(cost_report(inputs).missing, testing::IsEmpty());
}

TEST(CostReport, DependsMostOnWhatMovesItMost) {
  CostInputs inputs = sample_inputs();
  inputs.machine.items[1].price.price_usd = ValueRange{500, 1000, 2000};
  const CostReport report = cost_report(inputs);
  const CostDependence& first = report.dependence.front();
  EXPECT_EQ(first.unit, CostUnit::MillionTokens);
  EXPECT_EQ(first.part, CostPart::TotalUsd);
  EXPECT_EQ(first.swings.front().input, "gpu.price_usd");
  EXPECT_TRUE(first.swings.front().is_stated);
  // Capital and operation of 2 x 500 and of 2 x 2000 beside the host's 500, and 5 kWh.
  EXPECT_NEAR(first.swings.front().at_low, 1.2 * 1500 / 17532 * (10 / 3600.0 / 0.5) / 0.0004 + 0.5, 1e-12);
  EXPECT_NEAR(first.swings.front().at_high, 1.2 * 4500 / 17532 * (10 / 3600.0 / 0.5) / 0.0004 + 0.5, 1e-12);
  for (const CostDependence& dependence : report.dependence)
    for (std::size_t i = 1; i < dependence.swings.size(); ++i) {
      const CostSwing &a = dependence.swings[i - 1], &b = dependence.swings[i];
      EXPECT_GE(std::abs(a.at_high - a.at_low), std::abs(b.at_high - b.at_low) * (1 - 1e-7));
    }
}

TEST(CostReport, VariesWhatHasNoRangeByAFifthWithinItsBounds) {
  CostInputs inputs = sample_inputs();
  inputs.section.utilisation = ValueRange::of(0.9);
  inputs.section.pue = ValueRange::of(1.1);
  ItemPrice& device = inputs.machine.items[1].price;
  device.price_usd.reset();
  device.memory_usd_per_GB = ValueRange::of(20);
  device.memory_GB = 5;
  device.margin = ValueRange::of(0.9);
  bool has_use = false, has_pue = false, has_margin = false;
  const CostReport report = cost_report(inputs);
  for (const CostSwing& swing : report.dependence.front().swings) {
    if (swing.input == "utilisation") {
      has_use = true;
      EXPECT_DOUBLE_EQ(swing.low, 0.72);
      EXPECT_DOUBLE_EQ(swing.high, 1);
      EXPECT_FALSE(swing.is_stated);
    }
    if (swing.input == "pue") {
      has_pue = true;
      EXPECT_DOUBLE_EQ(swing.low, 1);
      EXPECT_DOUBLE_EQ(swing.high, 1.32);
    }
    if (swing.input == "gpu.margin") {
      has_margin = true;
      EXPECT_DOUBLE_EQ(swing.low, 0.72);
      EXPECT_DOUBLE_EQ(swing.high, 0.99);  // not 1.08
    }
  }
  EXPECT_TRUE(has_use && has_pue && has_margin);
}

}  // namespace
