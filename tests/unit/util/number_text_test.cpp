#include "util/number_text.hpp"

#include <gtest/gtest.h>

#include <clocale>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <random>
#include <string>

using namespace upmem_des;

namespace {

std::optional<double> parsed(const std::string& text) {
  double value = -7;
  if (!parse_number(text, value)) return std::nullopt;
  return value;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST(ParseNumberTest, Numbers) {
  EXPECT_EQ(parsed("0"), 0);
  EXPECT_EQ(parsed("-0"), 0);
  EXPECT_EQ(parsed("12.8"), 12.8);
  EXPECT_EQ(parsed("-12.8"), -12.8);
  EXPECT_EQ(parsed("0.4e12"), 0.4e12);
  EXPECT_EQ(parsed("0.4e+12"), 0.4e12);
  EXPECT_EQ(parsed("0.4E12"), 0.4e12);
  EXPECT_EQ(parsed("4e11"), 0.4e12);
  EXPECT_EQ(parsed("4e-11"), 4e-11);
  EXPECT_EQ(parsed(".5"), 0.5);
  EXPECT_EQ(parsed("-.5"), -0.5);
  EXPECT_EQ(parsed("5."), 5);
  EXPECT_EQ(parsed("+3"), 3);
  EXPECT_EQ(parsed("+.5"), 0.5);
  EXPECT_EQ(parsed("007"), 7);
  EXPECT_EQ(parsed("1.7976931348623157e308"), std::numeric_limits<double>::max());
}

TEST(ParseNumberTest, NoNumbers) {
  for (const char* text :
       {"",    " ",    "+",        "-",         "++3",   "+-3",  "--3",  "-+3",  ".",    "-.",    "+.",    "e5",
        ".e5", "1e",   "1e+",      "0x10",      "1_000", "12GB", "12 ",  " 12",  "1,5",  "1.2.3", "nan",   "-nan",
        "NAN", "-NAN", "NaN",      "-NaN",      ".nan",  "inf",  "-inf", "INF",  "-INF", "+inf",  "-.inf", ".inf",
        "Inf", "-Inf", "infinity", "-Infinity", "-i",    "-n",   "one",  "1e5x", "٣",    "0b1",   "1'000"})
    EXPECT_EQ(parsed(text), std::nullopt) << "'" << text << "'";
  EXPECT_EQ(parsed(std::string("1\0", 2)), std::nullopt);
}

TEST(ParseNumberTest, TooLargeIsInfinityAndTooSmallIsZero) {
  EXPECT_EQ(parsed("1e400"), infinity);
  EXPECT_EQ(parsed("+1e400"), infinity);
  EXPECT_EQ(parsed("-1e400"), -infinity);
  EXPECT_EQ(parsed("1" + std::string(400, '0')), infinity);
  EXPECT_EQ(parsed("1" + std::string(400, '0') + "e-50"), infinity) << "1e350";
  EXPECT_EQ(parsed("1e99999999999999999999"), infinity);
  EXPECT_EQ(parsed("1e-400"), 0);
  EXPECT_EQ(parsed("-1e-400"), 0);
  EXPECT_EQ(parsed("1E-400"), 0);
  EXPECT_EQ(parsed("0." + std::string(400, '0') + "1"), 0);
  EXPECT_EQ(parsed("." + std::string(400, '0') + "1e50"), 0) << "1e-351";
  EXPECT_EQ(parsed("1e-99999999999999999999"), 0);
}

TEST(NumberTextTest, IsShortAndReadsBack) {
  EXPECT_EQ(number_text(0), "0");
  EXPECT_EQ(number_text(0.4), "0.4");
  EXPECT_EQ(number_text(1e30), "1e+30");
  EXPECT_EQ(number_text(1e14), "100000000000000");
  EXPECT_EQ(number_text(1e18), "1e+18");
  EXPECT_EQ(number_text(-12800), "-12800");
  EXPECT_EQ(number_text(6.4e-10), "6.4e-10");

  std::mt19937_64 bits(1);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t pattern = bits();
    double value = 0;
    static_assert(sizeof value == sizeof pattern);
    std::memcpy(&value, &pattern, sizeof value);
    if (!std::isfinite(value)) continue;
    ASSERT_EQ(parsed(number_text(value)), value) << number_text(value);
  }
}

TEST(RoundedTextTest, HasTheDigits) {
  EXPECT_EQ(rounded_text(0, 4), "0");
  EXPECT_EQ(rounded_text(0.56234, 4), "0.5623");
  EXPECT_EQ(rounded_text(-0.56234, 4), "-0.5623");
  EXPECT_EQ(rounded_text(12800, 4), "12800");
  EXPECT_EQ(rounded_text(1.2, 5), "1.2000");
  EXPECT_EQ(rounded_text(1.2e-9, 2), "1.2e-09");
  EXPECT_EQ(rounded_text(123456, 3), "123456") << "digits before the point stay";
  EXPECT_EQ(rounded_text(1e7, 4), "1e+07");
  EXPECT_EQ(rounded_text(0.0001, 4), "0.0001000");
}

TEST(RoundedTextTest, RoundingUpGivesNoFurtherDigit) {
  EXPECT_EQ(rounded_text(9.99996, 5), "10.000");
  EXPECT_EQ(rounded_text(99.99996, 5), "100.00");
  EXPECT_EQ(rounded_text(0.999996, 5), "1.0000");
  EXPECT_EQ(rounded_text(9.9994, 4), "9.999");
}

TEST(RoundedPlainTest, HasNoTrailingZeros) {
  EXPECT_EQ(rounded_plain(12.8, 6), "12.8");
  EXPECT_EQ(rounded_plain(80, 6), "80");
  EXPECT_EQ(rounded_plain(0.0002604, 6), "0.0002604");
  EXPECT_EQ(rounded_plain(0, 6), "0");
  EXPECT_EQ(rounded_plain(1.0 / 3, 6), "0.333333");
  EXPECT_EQ(rounded_plain(1234567.8, 6), "1234570");
  EXPECT_EQ(rounded_plain(8.0000000001, 6), "8") << "quotients of decimal figures come out as the figure";
  EXPECT_EQ(rounded_plain(1e18, 6), "1e+18");
  EXPECT_EQ(rounded_plain(1e-9, 6), "1e-09");
}

TEST(QuantityTextTest, HasThePrefixThatSuits) {
  EXPECT_EQ(quantity_text(0, "s"), "0 s");
  EXPECT_EQ(quantity_text(0.00123, "s", 3), "1.23 ms");
  EXPECT_EQ(quantity_text(1, "J"), "1.000 J");
  EXPECT_EQ(quantity_text(12.8e9, "B/s"), "12.80 GB/s");
  EXPECT_EQ(quantity_text(4e-7, "s"), "400.0 ns");
  EXPECT_EQ(quantity_text(4e-6, "s"), "4.000 µs");
  EXPECT_EQ(quantity_text(-2000, "W"), "-2.000 kW");
  EXPECT_EQ(quantity_text(1e-20, "s"), "1e-20 s");
  EXPECT_EQ(quantity_text(2e18, "flop"), "2000 Pflop");
}

TEST(NumberTextTest, TheLocaleDoesNotMatter) {
  for (const char* name : {"de_DE.UTF-8", "fr_FR.UTF-8"})
    if (std::setlocale(LC_ALL, name) != nullptr) break;
  EXPECT_EQ(parsed("0.5"), 0.5);
  EXPECT_EQ(parsed("0,5"), std::nullopt);
  EXPECT_EQ(number_text(0.5), "0.5");
  EXPECT_EQ(rounded_text(1234.5, 6), "1234.50");
}
