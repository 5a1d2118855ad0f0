#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "util/name.hpp"

using namespace upmem_des;

TEST(NameTest, EqualTextsAreOneName) {
  EXPECT_EQ(Name("q_proj"), Name(std::string("q_") + "proj"));
  EXPECT_NE(Name("q_proj"), Name("k_proj"));
  EXPECT_TRUE(Name().empty());
  EXPECT_EQ(Name().index(), 0U);
}
