#include "util/suggest.hpp"

#include <gtest/gtest.h>

using namespace upmem_des;

TEST(SuggestTest, NearestHasTheFewestEdits) {
  const std::vector<std::string> names{"float16", "bfloat16", "int8", "int4"};
  EXPECT_EQ(nearest("bfloat61", names), "bfloat16") << "two neighbours swapped are one edit";
  EXPECT_EQ(nearest("float", names), "float16");
  EXPECT_EQ(nearest("BFLOAT16", names), "bfloat16");
  EXPECT_EQ(nearest("int", names), "int8") << "the first of equally near ones";
  EXPECT_EQ(nearest("PIM-AI-4chpi", {"PIM_AI_1chip", "PIM_AI_4chip"}), "PIM_AI_4chip");
}

TEST(SuggestTest, NothingNearIsNothing) {
  EXPECT_EQ(nearest("complex", {"int4", "int8"}), "");
  EXPECT_EQ(nearest("", {"t", "m"}), "");
  EXPECT_EQ(nearest("t", {"m"}), "") << "no letter in common";
  EXPECT_EQ(nearest("ab", {}), "");
  EXPECT_EQ(nearest("abc", {""}), "");
}

TEST(SuggestTest, LongWordsEndSoon) {
  EXPECT_EQ(nearest(std::string(1'000'000, 'a'), {std::string(1'000'000, 'b')}), "");
}

TEST(SuggestTest, Question) {
  EXPECT_EQ(did_you_mean("bach", {"batch"}), "; did you mean 'batch'?");
  EXPECT_EQ(did_you_mean("colour", {"batch"}), "");
}

TEST(SuggestTest, Lists) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b", "c"}), "a, b, c");
  EXPECT_EQ(listed({"a", "b", "c"}, 3), "a, b, c");
  EXPECT_EQ(listed({"a", "b", "c", "d"}, 2), "a, b and 2 more");
}
