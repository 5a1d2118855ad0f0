#include "upmem_des/price/die.hpp"

#include <gtest/gtest.h>

#include "upmem_des/price/item_price.hpp"

using namespace upmem_des;

namespace {

/// Two dies of 100 mm2, on wafers of 300 mm for 6,000 USD.
Die two_dies() {
  Die die;
  die.count = 2;
  die.area_mm2 = ValueRange::of(100);
  die.wafer_usd = ValueRange::of(6000);
  die.defects_per_cm2 = ValueRange::of(0.1);
  die.test_usd = ValueRange::of(2);
  die.package_usd = ValueRange::of(10);
  return die;
}

TEST(Die, WaferHasDiesButForThoseAtItsEdge) {
  // pi x 150^2 / 100 = 706.858; pi x 300 / sqrt(200) = 66.643
  EXPECT_NEAR(dies_per_wafer(300, 100), 640.2151030, 1e-6);
}

TEST(Die, YieldByModel) {
  // A defect in ten dies: AD = 0.1.
  EXPECT_NEAR(die_yield(YieldModel::Poisson, 0.1, 100, 3), 0.9048374180, 1e-9);
  EXPECT_NEAR(die_yield(YieldModel::Murphy, 0.1, 100, 3), 0.9055917006, 1e-9);
  EXPECT_NEAR(die_yield(YieldModel::NegativeBinomial, 0.1, 100, 3), 0.9063139874, 1e-9);
}

TEST(Die, YieldIsThatOfPoissonWhereDefectsDoNotCluster) {
  EXPECT_NEAR(die_yield(YieldModel::NegativeBinomial, 0.1, 100, 1e6), die_yield(YieldModel::Poisson, 0.1, 100, 1),
              1e-7);
}

TEST(Die, PriceOfAPackage) {
  // One good die: (6000 / 640.2151030 + 2) / 0.9063139874 = 12.547362
  EXPECT_NEAR(dies_usd(two_dies(), {}), 35.094725, 1e-6);
}

TEST(Die, DeviceHasMemoryAndMargin) {
  ItemPrice price;
  price.die = two_dies();
  price.memory_usd_per_GB = ValueRange::of(5);
  price.margin = ValueRange::of(0.2);
  EXPECT_NEAR(price.usd({}, 16.0), 143.868406, 1e-6);  // (35.094725 + 16 GB x 5) / 0.8
  price.memory_GB = 8;
  EXPECT_NEAR(price.usd({}, 16.0), 143.868406 - 8 * 5 / 0.8, 1e-6);
}

TEST(Die, PriceGrowsWithAreaDefectsAndWafer) {
  const auto with = [](double area_mm2, double defects, double wafer_usd) {
    Die die = two_dies();
    die.area_mm2 = ValueRange::of(area_mm2);
    die.defects_per_cm2 = ValueRange::of(defects);
    die.wafer_usd = ValueRange::of(wafer_usd);
    return dies_usd(die, {});
  };
  for (double area_mm2 = 1; area_mm2 < 5000; area_mm2 *= 1.3) {
    EXPECT_LT(with(area_mm2, 0.1, 6000), with(area_mm2 * 1.1, 0.1, 6000)) << area_mm2;
    EXPECT_LT(with(area_mm2, 0.1, 6000), with(area_mm2, 0.11, 6000)) << area_mm2;
    EXPECT_LT(with(area_mm2, 0.1, 6000), with(area_mm2, 0.1, 6600)) << area_mm2;
  }
}

TEST(ItemPrice, AnotherPriceTakesThePlaceOfAllOfIt) {
  ItemPrice price;
  price.die = two_dies();
  price.embodied_kg = ValueRange::of(20);
  ItemPrice over;
  over.price_usd = ValueRange::of(99);
  const ItemPrice both = price.with(over);
  EXPECT_FALSE(both.die);
  EXPECT_DOUBLE_EQ(both.usd({}, std::nullopt), 99);
  EXPECT_EQ(both.embodied_kg, ValueRange::of(20));
  ItemPrice carbon;
  carbon.embodied_kg = ValueRange::of(30);
  EXPECT_TRUE(price.with(carbon).die);
  EXPECT_EQ(price.with(carbon).embodied_kg, ValueRange::of(30));
}

}  // namespace
