#include "timeline/chart/step_bins.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace upmem_des {
namespace {

using testing::DoubleEq;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<double> means(const StepBins& bins, std::size_t value) {
  std::vector<double> all;
  for (const StepBins::Bin& bin : bins.bins(value)) all.push_back(bin.mean);
  return all;
}

double integral(const StepBins& bins, std::size_t value) {
  const std::vector<double> edges_s = bins.edges_s();
  const std::vector<StepBins::Bin> all = bins.bins(value);
  double sum = 0;
  for (std::size_t i = 0; i < all.size(); ++i) sum += all[i].mean * (edges_s[i + 1] - edges_s[i]);
  return sum;
}

/// Where there are few, each change begins a bin, and nothing is rounded off.
TEST(StepBins, ChangesBeginBins) {
  StepBins bins(2);
  bins.begin(10);
  bins.set(0, 10, 4);
  bins.set(1, 10, 1);
  bins.set(0, 11, 0);
  bins.set(1, 11, 2);
  bins.set(0, 13, 8);
  bins.set(0, 14, 0);
  bins.finish(18);
  EXPECT_THAT(bins.edges_s(), ElementsAre(10, 11, 13, 14, 18));
  EXPECT_THAT(means(bins, 0), ElementsAre(4, 0, 8, 0));
  EXPECT_THAT(means(bins, 1), ElementsAre(1, 2, 2, 2));
}

TEST(StepBins, WithoutTimeThereAreNone) {
  StepBins bins(1);
  bins.begin(3);
  bins.set(0, 3, 5);
  bins.begin_phase(Phase::Decode, 3);
  bins.finish(3);
  EXPECT_THAT(bins.edges_s(), IsEmpty());
  EXPECT_THAT(bins.bins(0), IsEmpty());
  EXPECT_THAT(bins.phases(), IsEmpty());
}

/// A step of 0.7 s draws 3, 1 and 5 W in its parts, and the next begins at once. 10,000 of them are 160 bins at most,
/// and each of these shows the same: the bins of equal width of before showed the mean of now 17, now 18 of the 3 W.
TEST(StepBins, EqualStepsAreEqualBins) {
  for (const int steps : {50, 150, 161, 240, 1000, 9999}) {
    StepBins bins(1);
    bins.begin(0);
    bins.begin_phase(Phase::Prefill, 0);
    double time_s = 0;
    const auto part = [&](double lasts_s, double power_W) {
      bins.set(0, time_s, power_W);
      time_s += lasts_s;
    };
    part(2, 7);
    bins.begin_phase(Phase::Decode, time_s);
    for (int i = 0; i < steps; ++i) {
      bins.begin_step(time_s);
      part(0.1, 3);
      part(0.4, 1);
      part(0.2, 5);
    }
    bins.finish(time_s);
    const std::vector<StepBins::PhaseBins> phases = bins.phases();
    ASSERT_EQ(2U, phases.size());
    EXPECT_EQ(Phase::Prefill, phases[0].phase);
    EXPECT_EQ(1U, phases[0].bins);
    EXPECT_EQ(Phase::Decode, phases[1].phase);
    EXPECT_LE(phases[1].bins, StepBins::most_bins);
    EXPECT_GT(phases[1].bins, StepBins::most_bins / 4) << steps;
    const std::vector<StepBins::Bin> all = bins.bins(0);
    EXPECT_EQ((std::vector<double>{7, 7, 7}), (std::vector<double>{all[0].mean, all[0].least, all[0].most}));
    ASSERT_EQ(1 + phases[1].bins, all.size());
    if (steps <= 50) continue;  // each has bins of its own parts
    // (0.1 × 3 + 0.4 × 1 + 0.2 × 5) / 0.7
    for (std::size_t i = 1; i < all.size(); ++i) {
      EXPECT_NEAR(1.7 / 0.7, all[i].mean, 1e-9) << steps << ", " << i;
      EXPECT_EQ(1, all[i].least);
      EXPECT_EQ(5, all[i].most);
    }
  }
}

/// Of 50 steps of 9 changes, every fourth change of each begins a bin: as many and the same ones in each step.
TEST(StepBins, StepsHaveTheSameBinsInside) {
  StepBins bins(1);
  bins.begin(0);
  for (int i = 0; i < 50 * 9; ++i) {
    if (i % 9 == 0) bins.begin_step(i);
    bins.set(0, i, i % 9);
  }
  bins.finish(450);
  const std::vector<StepBins::Bin> all = bins.bins(0);
  ASSERT_EQ(150U, all.size());
  for (std::size_t i = 0; i < all.size(); i += 3) {
    EXPECT_EQ(1.5, all[i].mean);
    EXPECT_EQ(3, all[i].most);
    EXPECT_EQ(5.5, all[i + 1].mean);
    EXPECT_EQ(4, all[i + 1].least);
    EXPECT_EQ(8, all[i + 2].mean);
  }
}

/// A step of 50 layers, each of 7 changes that take as many seconds, is 100 bins at the start of a layer and 4 s later;
/// every eighth change, whatever is a layer, would have been another one in each.
TEST(StepBins, LayersHaveTheSameBinsInside) {
  StepBins bins(1);
  bins.begin(0);
  bins.begin_step(0);
  for (int i = 0; i < 50 * 7; ++i) {
    if (i % 7 == 0) bins.begin_round(i);
    bins.set(0, i, i % 7 == 6 ? 10 : i % 7);
  }
  bins.finish(350);
  const std::vector<StepBins::Bin> all = bins.bins(0);
  ASSERT_EQ(100U, all.size());
  for (std::size_t i = 0; i < all.size(); i += 2) {
    EXPECT_EQ(1.5, all[i].mean);
    EXPECT_EQ(3, all[i].most);
    EXPECT_NEAR(19.0 / 3, all[i + 1].mean, 1e-12);
    EXPECT_EQ(4, all[i + 1].least);
    EXPECT_EQ(10, all[i + 1].most);
  }
}

/// 30 steps of 9 layers are 270 of these: bins are every second layer of a step, the same in each.
TEST(StepBins, StepsHaveTheSameLayersInside) {
  StepBins bins(1);
  bins.begin(0);
  for (int i = 0; i < 30 * 9; ++i) {
    if (i % 9 == 0) bins.begin_step(i);
    bins.begin_round(i);
    bins.set(0, i, i % 9);
    bins.set(0, i + 0.5, 0);
  }
  bins.finish(270);
  const std::vector<StepBins::Bin> all = bins.bins(0);
  ASSERT_EQ(150U, all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(i % 5 == 4 ? 4 : i % 5 + 0.25, all[i].mean);
    EXPECT_EQ(i % 5 == 4 ? 8 : 2 * (i % 5) + 1, all[i].most);
  }
}

/// Whatever the scale: from runs of less than a ns to years, the sum is the integral, and the peak is kept.
TEST(StepBins, TheMeanTimesTheTimeIsTheIntegral) {
  for (const double scale : {1e-13, 1e-6, 0.7, 3e8}) {
    StepBins bins(2);
    const double begin_s = 0.25 * scale;
    bins.begin(begin_s);
    double time_s = begin_s;
    double sum = 0;
    double most = 0;
    for (int i = 0; i < 5000; ++i) {
      if (i % 97 == 0) bins.begin_step(time_s);
      const double value = i % 3 == 0 ? 0 : std::fabs(std::sin(i));
      const double next_s = time_s + scale * (1 + std::cos(i * i));
      bins.set(0, time_s, value);
      sum += value * (next_s - time_s);
      if (next_s > time_s * (1 + StepBins::least_share)) most = std::max(most, value);
      time_s = next_s;
    }
    bins.set(0, time_s, 0);
    bins.finish(time_s);
    EXPECT_NEAR(sum, integral(bins, 0), 1e-9 * sum) << scale;
    double shown = 0;
    for (const StepBins::Bin& bin : bins.bins(0)) shown = std::max(shown, bin.most);
    EXPECT_EQ(most, shown) << scale;
  }
}

/// What ends a digit after something else has begun does not add to the most.
TEST(StepBins, WhatLastsForADigitIsNoPeak) {
  StepBins bins(1);
  bins.begin(0);
  bins.set(0, 0, 2);
  bins.set(0, 1, 5);
  bins.set(0, 1 + 1e-14, 3);
  bins.finish(2);
  double most = 0;
  for (const StepBins::Bin& bin : bins.bins(0)) most = std::max(most, bin.most);
  EXPECT_EQ(3, most);
}

}  // namespace
}  // namespace upmem_des
