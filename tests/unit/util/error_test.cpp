#include "upmem_des/util/error.hpp"

#include <gtest/gtest.h>

using namespace upmem_des;

TEST(ErrorTest, PlacesAsText) {
  EXPECT_EQ((SourceLocation{"a.yaml", 3}.str()), "a.yaml:3");
  EXPECT_EQ((SourceLocation{"a.yaml", 0}.str()), "a.yaml");
  EXPECT_EQ((SourceLocation{"", 3}.str()), "");
}

TEST(ErrorTest, PartsThatAreNotKnownAreLeftOut) {
  const auto message = [](const SourceLocation& where, const std::string& key, const std::string& problem) {
    return std::string(InputError(where, key, problem).what());
  };
  EXPECT_EQ(message({"f", 2}, "k", "bad"), "f:2: k: bad");
  EXPECT_EQ(message({"f"}, "k", "bad"), "f: k: bad");
  EXPECT_EQ(message({}, "k", "bad"), "k: bad");
  EXPECT_EQ(message({"f", 2}, "", "bad"), "f:2: bad");
  EXPECT_EQ(message({}, "", "bad"), "bad");
  EXPECT_STREQ(InputError({"f", 2}, "bad").what(), "f:2: bad");
  EXPECT_STREQ(InputError("bad").what(), "bad");
}

TEST(ErrorTest, MessagesAreOneLine) {
  EXPECT_STREQ(InputError({"a\nb"}, "k\r", "x\x1b[31m\ty\x7f").what(),
               "a\\u000ab: k\\u000d: x\\u001b[31m\\u0009y\\u007f");
  EXPECT_STREQ(InputError("a\nerror: b").what(), "a\\u000aerror: b");
  EXPECT_STREQ(InputError({"µ.yaml"}, "größer").what(), "µ.yaml: größer") << "letters beyond ASCII stay";
}
