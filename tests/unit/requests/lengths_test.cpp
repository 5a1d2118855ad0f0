/// Numbers of tokens against closed forms.
#include "requests/lengths/lengths.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

constexpr int samples = 100'000;

LengthsSection section(const std::string& form, const std::vector<std::pair<std::string, double>>& numbers) {
  LengthsSection result;
  result.form = result.key = form;
  for (const auto& [key, value] : numbers) result.numbers.add(key, value);
  result.where = {"s.yaml", 4};
  return result;
}

std::vector<std::int64_t> drawn(const LengthsSection& lengths, int count, std::uint64_t seed = 1,
                                const char* purpose = "prompt") {
  const auto distribution = make_lengths(lengths);
  RandomStream random(seed, purpose);
  std::vector<std::int64_t> values;
  for (int i = 0; i < count; ++i) values.push_back(distribution->sample(random));
  return values;
}

double mean_of(const std::vector<std::int64_t>& values, const std::function<double(double)>& of) {
  double sum = 0;
  for (const std::int64_t value : values) sum += of(static_cast<double>(value));
  return sum / static_cast<double>(values.size());
}

double three_sigma(double variance) {
  return 3 * std::sqrt(variance / samples);
}

}  // namespace

// As Python computes them from the stream's first numbers; see random_stream_test.cpp.
TEST(Lengths, FirstNumbersOfSeedOne) {
  EXPECT_EQ(drawn(section("lognormal", {{"median", 512}, {"sigma", 0.8}, {"min", 1}, {"max", 8192}}), 5),
            (std::vector<std::int64_t>{1257, 1555, 2384, 260, 286}));
  EXPECT_EQ(drawn(section("uniform", {{"min", 100}, {"max", 300}}), 5, 1, "output"),
            (std::vector<std::int64_t>{216, 156, 295, 292, 116}));
}

TEST(Lengths, Fixed) {
  EXPECT_EQ(drawn(section("fixed", {{"tokens", 128}}), 3), (std::vector<std::int64_t>{128, 128, 128}));
}

// Whole numbers from 1 to 9: mean 5, variance (81 - 1) / 12.
TEST(Lengths, Uniform) {
  const auto values = drawn(section("uniform", {{"min", 1}, {"max", 9}}), samples);
  EXPECT_NEAR(mean_of(values, [](double x) { return x; }), 5, three_sigma(80.0 / 12));
  EXPECT_EQ(*std::min_element(values.begin(), values.end()), 1);
  EXPECT_EQ(*std::max_element(values.begin(), values.end()), 9);
}

// Mean and sd of the logarithm; rounding to whole tokens is below 1e-6 of values around a million.
TEST(Lengths, LognormalByMedian) {
  const auto values = drawn(section("lognormal", {{"median", 1e6}, {"sigma", 0.5}}), samples);
  EXPECT_NEAR(mean_of(values, [](double x) { return std::log(x); }), std::log(1e6), three_sigma(0.25));
  EXPECT_NEAR(mean_of(values, [](double x) { return std::pow(std::log(x / 1e6), 2); }), 0.25, three_sigma(2 * 0.0625));
}

TEST(Lengths, LognormalByMean) {
  const double mean = 1e5, cv = 0.6;
  const auto values = drawn(section("lognormal", {{"mean", mean}, {"cv", cv}}), samples);
  EXPECT_NEAR(mean_of(values, [](double x) { return x; }), mean, three_sigma(std::pow(cv * mean, 2)));
}

TEST(Lengths, Normal) {
  const auto values = drawn(section("normal", {{"mean", 1000}, {"sd", 100}}), samples);
  const double variance = 100 * 100 + 1.0 / 12;  // and of rounding
  EXPECT_NEAR(mean_of(values, [](double x) { return x; }), 1000, three_sigma(variance));
  EXPECT_NEAR(mean_of(values, [](double x) { return std::pow(x - 1000, 2); }), variance,
              three_sigma(2 * variance * variance));
}

// Half of a normal distribution around 10 lies below it.
TEST(Lengths, AreCutAtMinAndMax) {
  const auto values = drawn(section("normal", {{"mean", 10}, {"sd", 50}, {"min", 10}, {"max", 20}}), samples);
  EXPECT_EQ(*std::min_element(values.begin(), values.end()), 10);
  EXPECT_EQ(*std::max_element(values.begin(), values.end()), 20);
  const double below = 0.5 * std::erfc(-0.5 / 50 / std::sqrt(2.0));  // P(x < 10.5)
  EXPECT_NEAR(mean_of(values, [](double x) { return x == 10 ? 1 : 0; }), below, three_sigma(0.25));
}

TEST(Lengths, EveryFormGivesWholeNumbersOfOneAtLeast) {
  for (const auto& each :
       {section("normal", {{"mean", 1}, {"sd", 1e6}}), section("lognormal", {{"median", 0.001}, {"sigma", 10}}),
        section("lognormal", {{"mean", 1e9}, {"cv", 1000}})})
    for (const std::int64_t value : drawn(each, 1000)) {
      EXPECT_GE(value, 1);
      EXPECT_LE(value, 1'000'000'000);
    }
}

TEST(Lengths, EmpiricalDrawsRows) {
  const TemporaryFolder folder;
  LengthsSection lengths = section("empirical", {});
  lengths.file = folder.write("l.csv", "# source\nprompt_tokens,x\n10,1\n20,1\n60,1\n");
  lengths.column = "prompt_tokens";
  const auto values = drawn(lengths, samples);
  // Mean 30, variance (100 + 400 + 3600) / 3 - 900.
  EXPECT_NEAR(mean_of(values, [](double x) { return x; }), 30, three_sigma(4100.0 / 3 - 900));
}

TEST(Lengths, Messages) {
  const auto message = [](const LengthsSection& lengths) { return input_error([&] { make_lengths(lengths); }); };
  EXPECT_EQ(message(section("normal", {{"mean", 5}, {"sd", 1}, {"min", 9}, {"max", 8}})),
            "s.yaml:4: normal: max is 8, below min, 9; expected min <= max");
  EXPECT_EQ(message(section("uniform", {{"min", 9}, {"max", 8}})),
            "s.yaml:4: uniform: max is 8, below min, 9; expected min <= max");
  const std::string pairs =
      "s.yaml:4: lognormal: other numbers than it takes; expected median and sigma, or mean and cv";
  EXPECT_EQ(message(section("lognormal", {{"median", 9}})), pairs);
  EXPECT_EQ(message(section("lognormal", {})), pairs);
  EXPECT_EQ(message(section("lognormal", {{"median", 9}, {"sigma", 1}, {"mean", 3}, {"cv", 1}})), pairs);
}

TEST(Lengths, EmpiricalMessages) {
  const TemporaryFolder folder;
  LengthsSection lengths = section("empirical", {});
  lengths.column = "tokens";
  lengths.file = folder.path("l.csv");
  const auto message = [&](const std::string& text) {
    folder.write("l.csv", text);
    return input_error([&] { make_lengths(lengths); });
  };
  EXPECT_EQ(message(""), lengths.file + ": empty; expected a line of column names");
  EXPECT_EQ(message("tokns\n1\n"),
            lengths.file + ":1: no column 'tokens'; expected it, as s.yaml:4 says; did you mean 'tokns'?");
  EXPECT_EQ(message("tokens\n"), lengths.file + ": no rows; expected one at least");
  for (const char* bad : {"0", "-1", "1.5", "x", "inf", "1e30", "nan", "2000000000"})
    EXPECT_EQ(message("tokens\n5\n" + std::string(bad) + "\n"),
              lengths.file + ":3: tokens: '" + bad + "'; expected a whole number from 1 to 1000000000");
}
