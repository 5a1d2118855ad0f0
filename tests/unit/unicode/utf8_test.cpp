#include "unicode/utf8.hpp"

#include <gmock/gmock.h>

using namespace upmem_des;

namespace {

TEST(Utf8Test, EveryCodePointComesBack) {
  for (char32_t point = 0; point < 0x110000; ++point) {
    if (point == 0xd800) point = 0xe000;
    const std::string text = utf8_text(point);
    const Utf8Step step = utf8_step(text, 0);
    ASSERT_TRUE(step.is_character && step.code_point == point && step.length == text.size()) << point;
  }
}

TEST(Utf8Test, WhatIsNoneIsReplacedByItsLongestBeginning) {
  // The examples of the standard's table 3-8, and surrogates, overlong forms, and what lies above.
  EXPECT_EQ(lossy_utf8("\x61\xf1\x80\x80\xe1\x80\xc2\x62\x80\x63\x80\xbf\x64"),
            "a\ufffd\ufffd\ufffd"
            "b\ufffd"
            "c\ufffd\ufffd"
            "d");
  EXPECT_EQ(lossy_utf8("\xed\xa0\x80"), "\ufffd\ufffd\ufffd");
  EXPECT_EQ(lossy_utf8("\xc0\x80"), "\ufffd\ufffd");
  EXPECT_EQ(lossy_utf8("\xf4\x90\x80\x80"), "\ufffd\ufffd\ufffd\ufffd");
  EXPECT_EQ(lossy_utf8("\xe2\x82"), "\ufffd");
  EXPECT_TRUE(is_utf8("a\u00e9\u20ac\U0001f44d"));
  EXPECT_FALSE(is_utf8("\xe2\x82"));
}

}  // namespace
