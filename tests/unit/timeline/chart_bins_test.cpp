#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "timeline/chart/time_bins.hpp"

namespace upmem_des {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(ChartBins, MeansOfAValueThatChanges) {
  TimeBins bins(2);
  bins.begin(10);
  bins.set(0, 10, 4);
  bins.set(1, 10, 1);
  bins.set(0, 11, 0);
  bins.set(0, 13, 8);
  bins.set(0, 14, 0);
  bins.finish(18);
  EXPECT_THAT(bins.means(0, 4), ElementsAre(DoubleEq(2), DoubleEq(4), 0, 0));
  EXPECT_THAT(bins.means(0, 2), ElementsAre(DoubleEq(3), 0));
  EXPECT_THAT(bins.means(1, 2), ElementsAre(DoubleEq(1), DoubleEq(1)));
}

TEST(ChartBins, WithoutTimeThereAreNone) {
  TimeBins bins(1);
  bins.begin(3);
  bins.set(0, 3, 5);
  bins.finish(3);
  EXPECT_THAT(bins.means(0, 4), IsEmpty());
}

/// Whatever the scale: from runs of less than a ns to years, the sum is the integral.
TEST(ChartBins, TheMeanTimesTheTimeIsTheIntegral) {
  for (const double scale : {1e-13, 1e-6, 0.7, 3e8}) {
    TimeBins bins(2);
    const double begin_s = 0.25 * scale;
    bins.begin(begin_s);
    double time_s = begin_s;
    double integral = 0;
    for (int i = 0; i < 5000; ++i) {
      const double value = i % 3 == 0 ? 0 : std::fabs(std::sin(i));
      const double next_s = time_s + scale * (1 + std::cos(i * i));
      bins.set(0, time_s, value);
      integral += value * (next_s - time_s);
      time_s = next_s;
    }
    bins.set(0, time_s, 0);
    bins.set(1, begin_s + (time_s - begin_s) * 0.75, 2);
    bins.finish(time_s);
    for (const std::size_t count : {1U, 7U, 240U}) {
      const std::vector<double> means = bins.means(0, count);
      ASSERT_EQ(count, means.size());
      const double width_s = (time_s - begin_s) / static_cast<double>(count);
      EXPECT_NEAR(integral, std::accumulate(means.begin(), means.end(), 0.0) * width_s, 1e-9 * integral) << scale;
    }
    EXPECT_NEAR(0, bins.means(1, 240)[178], 1e-9);
    EXPECT_NEAR(2, bins.means(1, 240)[181], 1e-9);
  }
}

}  // namespace
}  // namespace upmem_des
