#include <gtest/gtest.h>

#include <algorithm>

#include "platform/platform_writer.hpp"
#include "small_machine.hpp"

using namespace upmem_des;

TEST(PlatformDotTest, Whole) {
  EXPECT_EQ(platform_dot(small_machine()),
            R"(digraph machine {
  rankdir=LR;
  node [shape=box, fontname="sans-serif"];
  edge [fontname="sans-serif", fontsize=10];
  "HOST" [label="HOST\n2 TFLOP/s\nmemory 100 GB/s"];
  "DEV" [label="DEV\n5 TFLOP/s\nmemory 200 GB/s"];
  "HOST" -> "DEV" [label="10 GB/s"];
  "DEV" -> "HOST" [label="40 GB/s"];
}
)");
}

TEST(PlatformDotTest, IsWellFormed) {
  const std::string dot = platform_dot(small_machine(true));
  const auto count = [&](char c) { return std::count(dot.begin(), dot.end(), c); };
  EXPECT_EQ(count('{'), 1);
  EXPECT_EQ(count('}'), 1);
  EXPECT_EQ(count('['), count(']'));
  EXPECT_EQ(count('"') % 2, 0);
  EXPECT_NE(dot.find("\"HOST\" -> \"HOST\" [label=\"100 GB/s\"];"), std::string::npos);
}
