/// The same numbers everywhere.
#include "requests/random_stream.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>
#include <string>

using namespace upmem_des;

namespace {

constexpr int samples = 100'000;

struct Moments {
  double mean = 0;
  double variance = 0;
};

template <class Draw>
Moments moments(Draw&& draw) {
  double sum = 0, squares = 0;
  for (int i = 0; i < samples; ++i) {
    const double x = draw();
    sum += x;
    squares += x * x;
  }
  const double mean = sum / samples;
  return {mean, squares / samples - mean * mean};
}

/// Three standard errors of a mean of `samples` values.
double three_sigma(double variance) {
  return 3 * std::sqrt(variance / samples);
}

}  // namespace

// Computed apart, with a Mersenne Twister (64 bits) written in Python from its authors' paper, seeded with
// splitmix(splitmix(1, 0), fnv1a(purpose)).
TEST(RandomStream, FirstNumbersOfSeedOne) {
  RandomStream arrivals(1, "arrivals");
  EXPECT_EQ(arrivals.uniform(), 0.6383001397352627);
  EXPECT_EQ(arrivals.uniform(), 0.05217719712744073);
  EXPECT_EQ(arrivals.uniform(), 0.9260515905536814);
  RandomStream prompt(1, "prompt");
  EXPECT_EQ(prompt.uniform(), 0.8692578704966732);
  RandomStream output(1, "output");
  EXPECT_EQ(output.uniform(), 0.5796991664999648);
}

TEST(RandomStream, SeedAndPurposeMakeStreams) {
  std::set<double> firsts;
  for (const char* purpose : {"arrivals", "prompt", "output", "think", "prefix", "routing", "priority"})
    for (std::uint64_t seed = 0; seed < 20; ++seed) firsts.insert(RandomStream(seed, purpose).uniform());
  EXPECT_EQ(firsts.size(), 140U);
}

// Quantiles from tables of the normal distribution.
TEST(RandomStream, NormalQuantile) {
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-15);
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(normal_quantile(0.01), -2.3263478740408408, 1e-14);
  EXPECT_NEAR(normal_quantile(1e-9), -5.997807015007686, 1e-13);
}

TEST(RandomStream, NormalQuantileIsTheInverseAndOdd) {
  RandomStream random(3, "law");
  for (int i = 0; i < 1000; ++i) {
    const double p = random.uniform() * 0.998 + 0.001;
    const double x = normal_quantile(p);
    EXPECT_NEAR(0.5 * std::erfc(-x / std::sqrt(2.0)), p, 1e-14);
    EXPECT_NEAR(normal_quantile(1 - p), -x, 1e-12);
  }
}

TEST(RandomStream, MomentsOfUniformExponentialNormal) {
  RandomStream random(1, "moments");
  const Moments uniform = moments([&] { return random.uniform(); });
  EXPECT_NEAR(uniform.mean, 0.5, three_sigma(1.0 / 12));
  EXPECT_NEAR(uniform.variance, 1.0 / 12, three_sigma(1.0 / 180));  // of (x - 1/2)^2: 1/80 - 1/144
  const Moments exponential = moments([&] { return random.exponential(); });
  EXPECT_NEAR(exponential.mean, 1, three_sigma(1));
  EXPECT_NEAR(exponential.variance, 1, three_sigma(8));  // fourth moment 9, less 1
  const Moments normal = moments([&] { return random.normal(); });
  EXPECT_NEAR(normal.mean, 0, three_sigma(1));
  EXPECT_NEAR(normal.variance, 1, three_sigma(2));  // 3 - 1
}

// Of shape k: mean k, variance k, fourth central moment 3 k^2 + 6 k, so that of (x - k)^2 is 2 k^2 + 6 k.
TEST(RandomStream, MomentsOfGamma) {
  RandomStream random(2, "moments");
  for (const double k : {0.25, 0.7, 1.0, 2.5, 40.0}) {
    const Moments gamma = moments([&] { return random.gamma(k); });
    EXPECT_NEAR(gamma.mean, k, three_sigma(k)) << k;
    EXPECT_NEAR(gamma.variance, k, three_sigma(2 * k * k + 6 * k)) << k;
  }
}

TEST(RandomStream, IntervalsOfNoAndOfExponentialSpread) {
  RandomStream random(1, "arrivals");
  EXPECT_EQ(random.interval(2.5, 0), 2.5);
  EXPECT_EQ(random.interval(2.5, 1e-200), 2.5);
  EXPECT_EQ(random.interval(2.5, 1), 2.5 * RandomStream(1, "arrivals").exponential());
}

TEST(RandomStream, WholeNumbersBelow) {
  RandomStream random(1, "below");
  std::set<std::int64_t> found;
  for (int i = 0; i < 1000; ++i) found.insert(random.below(7));
  EXPECT_EQ(found, (std::set<std::int64_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(random.below(1), 0);
}
