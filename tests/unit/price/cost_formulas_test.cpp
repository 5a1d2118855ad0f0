#include "price/cost_formulas.hpp"

#include <gtest/gtest.h>

#include "cost_sample.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

void expect(const CostAmounts& amounts, CostUnit unit, CostPart part, double value) {
  const std::optional<double> found = amounts.at(unit, part);
  ASSERT_TRUE(found) << to_string(part) << " per " << to_string(unit);
  EXPECT_NEAR(*found, value, 1e-9 * value) << to_string(part) << " per " << to_string(unit);
}

CostAmounts amounts_of(const CostInputs& inputs) {
  return cost_amounts(inputs, inputs.run.answered, {});
}

TEST(CostFormulas, PerRequest) {
  const CostAmounts amounts = amounts_of(sample_inputs());
  // 2 years are 17,532 hours; a request takes 10 s / 4 / 0.5 of them, 1/720 hours, with the time that nobody asks.
  expect(amounts, CostUnit::Request, CostPart::CapitalUsd, 2500.0 / 17532 / 720);   // 1.98051e-4
  expect(amounts, CostUnit::Request, CostPart::OperationUsd, 500.0 / 17532 / 720);  // a fifth
  // 5,000 J and 10 s x 100 W of idling: 6,000 J x 1.2 / 4 requests are 1,800 J.
  expect(amounts, CostUnit::Request, CostPart::Energy, 0.0005);
  expect(amounts, CostUnit::Request, CostPart::EnergyUsd, 0.00005);
  expect(amounts, CostUnit::Request, CostPart::EnergyCarbon, 0.2);
  expect(amounts, CostUnit::Request, CostPart::EmbodiedCarbon, 350'000.0 / 17532 / 720);  // 27.7271 mg
  expect(amounts, CostUnit::Request, CostPart::TotalUsd, 0.000287660658605);
  expect(amounts, CostUnit::Request, CostPart::TotalCarbon, 0.227727076837);
  EXPECT_FALSE(amounts.at(CostUnit::Request, CostPart::RentUsd));
}

TEST(CostFormulas, PerMillionTokensAllAndApart) {
  const CostAmounts amounts = amounts_of(sample_inputs());
  // 400 tokens: 2,500 of a million.
  expect(amounts, CostUnit::MillionTokens, CostPart::CapitalUsd, 1.98050548838);
  expect(amounts, CostUnit::MillionTokens, CostPart::Energy, 5);
  // Prompts: 2 s of 10, 2,000 J of 5,000 and 200 J of idling: 2,200 J x 1.2 for 300 tokens.
  expect(amounts, CostUnit::MillionPromptTokens, CostPart::CapitalUsd, 0.5281347969);
  expect(amounts, CostUnit::MillionPromptTokens, CostPart::Energy, 2.44444444444);
  // Outputs: 8 s, 3,000 J and 800 J for 100 tokens.
  expect(amounts, CostUnit::MillionOutputTokens, CostPart::CapitalUsd, 6.33761756281);
  expect(amounts, CostUnit::MillionOutputTokens, CostPart::Energy, 12.6666666667);
}

TEST(CostFormulas, PerQueryPerSecondOverTheYears) {
  const CostAmounts amounts = amounts_of(sample_inputs());
  // 0.4 queries a second while it is busy.
  expect(amounts, CostUnit::QueryPerSecond, CostPart::CapitalUsd, 6250);
  expect(amounts, CostUnit::QueryPerSecond, CostPart::OperationUsd, 1250);
  // 1.2 x (0.5 x 500 W + 0.5 x 100 W) x 17,532 h / 0.4
  expect(amounts, CostUnit::QueryPerSecond, CostPart::Energy, 15778.8);
  expect(amounts, CostUnit::QueryPerSecond, CostPart::EnergyUsd, 1577.88);
  expect(amounts, CostUnit::QueryPerSecond, CostPart::TotalUsd, 9077.88);
}

TEST(CostFormulas, RentTakesThePlaceOfCapitalEnergyAndOperation) {
  CostInputs inputs = sample_inputs();
  inputs.section.cloud_usd_per_hour = ValueRange::of(7.2);
  const CostAmounts amounts = amounts_of(inputs);
  expect(amounts, CostUnit::Request, CostPart::RentUsd, 0.01);  // 7.2 / 720
  expect(amounts, CostUnit::Request, CostPart::TotalUsd, 0.01);
  for (const CostPart part : {CostPart::CapitalUsd, CostPart::EnergyUsd, CostPart::OperationUsd})
    EXPECT_FALSE(amounts.at(CostUnit::Request, part)) << to_string(part);
  expect(amounts, CostUnit::Request, CostPart::Energy, 0.0005);
  inputs.section.cloud_usd_per_hour.reset();
  inputs.section.cloud_usd_per_device_hour = ValueRange::of(3.6);  // of two devices
  expect(amounts_of(inputs), CostUnit::Request, CostPart::TotalUsd, 0.01);
}

TEST(CostFormulas, IdlePowerThatIsSaidTakesThePlaceOfTheProfiles) {
  CostInputs inputs = sample_inputs();
  inputs.section.idle_W = ValueRange::of(500);
  // 5,000 J + 5,000 J: as if it always drew what it draws when it is busy.
  expect(amounts_of(inputs), CostUnit::Request, CostPart::Energy, 1.2 * 10'000 / 3.6e6 / 4);
}

TEST(CostFormulas, MachineHasAPriceAsAWhole) {
  CostInputs inputs = sample_inputs();
  inputs.machine.items.front().price.price_usd.reset();
  EXPECT_FALSE(amounts_of(inputs).at(CostUnit::Request, CostPart::CapitalUsd));
  EXPECT_EQ(inputs.machine.without_price(), std::vector<std::string>{"'HOST' has no price_usd"});
  inputs.machine.whole.price_usd = ValueRange::of(2500);
  expect(amounts_of(inputs), CostUnit::Request, CostPart::CapitalUsd, 2500.0 / 17532 / 720);
}

TEST(CostFormulas, WhatIsNotKnownIsNoneAndNever0) {
  CostInputs inputs = sample_inputs();
  inputs.section.electricity_usd_per_kWh.reset();
  inputs.section.carbon_g_per_kWh.reset();
  inputs.run.answered.prompt_tokens.reset();
  const CostAmounts amounts = amounts_of(inputs);
  for (const CostPart part : {CostPart::EnergyUsd, CostPart::TotalUsd, CostPart::EnergyCarbon, CostPart::TotalCarbon})
    EXPECT_FALSE(amounts.at(CostUnit::Request, part)) << to_string(part);
  EXPECT_TRUE(amounts.at(CostUnit::Request, CostPart::CapitalUsd));
  EXPECT_TRUE(amounts.at(CostUnit::MillionOutputTokens, CostPart::Energy));
  for (const CostUnit unit : {CostUnit::MillionTokens, CostUnit::MillionPromptTokens})
    EXPECT_FALSE(amounts.at(unit, CostPart::Energy)) << to_string(unit);
  inputs.section.years.reset();
  EXPECT_FALSE(amounts_of(inputs).at(CostUnit::Request, CostPart::CapitalUsd));
  EXPECT_FALSE(amounts_of(inputs).at(CostUnit::QueryPerSecond, CostPart::Energy));
}

}  // namespace
