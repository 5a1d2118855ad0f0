#include "util/json_text.hpp"

#include <gtest/gtest.h>

using upmem_des::json_text;

TEST(JsonTextTest, WithQuotes) {
  EXPECT_EQ(json_text(""), R"("")");
  EXPECT_EQ(json_text("q_proj µs"), R"("q_proj µs")");
}

TEST(JsonTextTest, WhatEndsATextIsEscaped) {
  EXPECT_EQ(json_text("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(json_text(std::string("a\0b\n\x1f", 5)), R"("a\u0000b\n\u001f")");
}

TEST(JsonTextTest, BytesThatAreNoUtf8AreReplaced) {
  EXPECT_EQ(json_text("a\xff"
                      "b\xc3"),
            "\"a\xef\xbf\xbd"
            "b\xef\xbf\xbd\"");
}
