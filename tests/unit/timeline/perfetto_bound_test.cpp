#include "timeline/activity_bound.hpp"

#include <gtest/gtest.h>

#include <string>

namespace upmem_des {
namespace {

std::string bound(double time_s, double compute_s, double memory_s) {
  ActivityRecord record;
  record.start_s = 1;
  record.end_s = 1 + time_s;
  record.compute_s = compute_s;
  record.memory_s = memory_s;
  return to_string(activity_bound(record));
}

TEST(ActivityBound, WhatTakesLongest) {
  EXPECT_EQ("compute", bound(4, 4, 3));
  EXPECT_EQ("memory", bound(4, 3, 4));
  EXPECT_EQ("compute", bound(6, 4, 3));   // 2 s of overhead
  EXPECT_EQ("overhead", bound(9, 4, 3));  // 5 s of overhead
}

TEST(ActivityBound, Ties) {
  EXPECT_EQ("compute", bound(4, 4, 4));
  EXPECT_EQ("compute", bound(4, 4, 4.000000001));
  EXPECT_EQ("memory", bound(4.00000001, 4, 4.00000001));
  EXPECT_EQ("memory", bound(4, 1, 2));
}

TEST(ActivityBound, MemoryTrafficThatBeganBefore) {
  EXPECT_EQ("compute", bound(4, 4, 7));
  EXPECT_EQ("memory", bound(4, 3, 7));
}

TEST(ActivityBound, WithoutWork) {
  EXPECT_EQ("overhead", bound(4, 0, 0));
  EXPECT_EQ("overhead", bound(0, 0, 0));
}

}  // namespace
}  // namespace upmem_des
