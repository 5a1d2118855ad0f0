#include "timeline/paje/paje_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

namespace upmem_des {
namespace {

TEST(PajeText, StringsAreQuotedAndKeepBlanksAndUnicode) {
  EXPECT_EQ("\"q_proj\"", paje_string("q_proj"));
  EXPECT_EQ("\"my größe # 100% \\n\"", paje_string("my größe # 100% \\n"));
}

TEST(PajeText, StringsLoseWhatReadersStumbleOver) {
  EXPECT_EQ("\"a 'b'\"", paje_string("a \"b\""));
  EXPECT_EQ("\"a; b\"", paje_string("a, b"));
  EXPECT_EQ("\"a\\u000ab\\u007f\\u009b\\u202e\"", paje_string("a\nb\x7f\xc2\x9b\xe2\x80\xae"));
  EXPECT_EQ("\"-\"", paje_string(""));
}

TEST(PajeText, NumbersHaveNoExponentAndReadBack) {
  EXPECT_EQ("0", paje_number(0));
  EXPECT_EQ("0.1", paje_number(0.1));
  EXPECT_EQ("512", paje_number(512));
  EXPECT_EQ("0.000000000025", paje_number(2.5e-11));
  EXPECT_EQ("1000000000000000000000", paje_number(1e21));
  for (const double value : {1e300, 1.0 / 3, 4.9e-324, std::numeric_limits<double>::max(), 12345.678901}) {
    const std::string text = paje_number(value);
    EXPECT_EQ(std::string::npos, text.find('e')) << text;
    EXPECT_EQ(value, std::strtod(text.c_str(), nullptr)) << text;
  }
}

TEST(PajeText, TimesHaveFifteenDecimalsOrDigits) {
  EXPECT_EQ("0", paje_time(0));
  EXPECT_EQ("1", paje_time(1));
  EXPECT_EQ("100", paje_time(100));
  EXPECT_EQ("0.3", paje_time(0.1 + 0.2));
  EXPECT_EQ("0.000001", paje_time(1e-6));
  EXPECT_EQ("0.333333333333333", paje_time(1.0 / 3));
  EXPECT_EQ("1234.000000001", paje_time(1234.000000001));
  EXPECT_EQ("0.000000000000123456789012345", paje_time(1.23456789012345e-13));
}

TEST(PajeText, TimesNeverTurnRound) {
  double before = 0;
  for (const double at : {0.00099999999999999999, 0.01, 0.1, 1.0, 10.0}) {
    double time = at;
    for (int i = 0; i < 20; ++i) time = std::nextafter(time, 0);
    for (int i = 0; i < 40; ++i, time = std::nextafter(time, 100)) {
      const double written = std::strtod(paje_time(time).c_str(), nullptr);
      EXPECT_LE(before, written);
      EXPECT_NEAR(time, written, 1e-15 * std::max(time, 1.0));
      before = written;
    }
  }
}

}  // namespace
}  // namespace upmem_des
