/// Means and percentiles.
#include "upmem_des/result/spread_of.hpp"

#include <gtest/gtest.h>

#include <cmath>

using namespace upmem_des;

TEST(SpreadOfTest, PercentilesAreInProportionBetweenValues) {
  // numpy.percentile([1, 2, 4, 8], [50, 90, 95, 99]) = 3, 6.8, 7.4, 7.88
  const SpreadOf spread = spread_of({8, 1, 4, 2});
  EXPECT_EQ(spread.count, 4);
  EXPECT_DOUBLE_EQ(spread.mean, 3.75);
  EXPECT_DOUBLE_EQ(spread.p50, 3);
  EXPECT_DOUBLE_EQ(spread.p90, 6.8);
  EXPECT_DOUBLE_EQ(spread.p95, 7.4);
  EXPECT_DOUBLE_EQ(spread.p99, 7.88);
  EXPECT_EQ(spread.max, 8);
}

TEST(SpreadOfTest, OfOneAndOfNone) {
  const SpreadOf one = spread_of({5});
  EXPECT_EQ(one.p50, 5);
  EXPECT_EQ(one.p99, 5);
  EXPECT_EQ(spread_of({}).count, 0);
  EXPECT_EQ(SpreadCounter().spread().count, 0);
}

/// 100,000 values from 1 µs to 1,000 s, each as large a part above the one before.
TEST(SpreadCounterTest, PercentilesAreKnownToATenthOfAPercent) {
  SpreadCounter counter;
  std::vector<double> values;
  for (int i = 0; i < 100'000; ++i) values.push_back(1e-6 * std::pow(10, 9.0 * i / 100'000));
  for (const double value : values) counter.add(value);
  const SpreadOf exact = spread_of(values), known = counter.spread();
  EXPECT_EQ(known.count, 100'000);
  EXPECT_NEAR(known.mean / exact.mean, 1, 1e-12);
  EXPECT_EQ(known.max, exact.max);
  EXPECT_NEAR(known.p50 / exact.p50, 1, 1e-3);
  EXPECT_NEAR(known.p90 / exact.p90, 1, 1e-3);
  EXPECT_NEAR(known.p95 / exact.p95, 1, 1e-3);
  EXPECT_NEAR(known.p99 / exact.p99, 1, 1e-3);
}

TEST(SpreadCounterTest, EqualValuesCountAtOnceAndZeroIsAValue) {
  SpreadCounter counter;
  counter.add(0, 60);
  counter.add(2, 30);
  counter.add(0.5, 10);
  counter.add(7, 0);
  const SpreadOf spread = counter.spread();
  EXPECT_EQ(spread.count, 100);
  EXPECT_DOUBLE_EQ(spread.mean, 0.65);
  EXPECT_EQ(spread.p50, 0);
  EXPECT_NEAR(spread.p90, 2, 2e-3);
  EXPECT_EQ(spread.max, 2);
}

/// Of 10, 20, 30: a quarter of the way is half-way to 20.
TEST(SpreadOfTest, CurveByHand) {
  std::vector<double> curve{7};
  EXPECT_DOUBLE_EQ(spread_of({30, 10, 20}, {0, 0.25, 0.5, 1}, curve).p50, 20);
  EXPECT_EQ(curve, (std::vector<double>{10, 15, 20, 30}));
  spread_of({}, {0, 1}, curve);
  EXPECT_TRUE(curve.empty());
}
