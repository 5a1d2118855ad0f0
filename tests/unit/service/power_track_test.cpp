/// Powers that add up.
#include "service/power_track.hpp"

#include <gtest/gtest.h>

#include <vector>

using namespace upmem_des;

namespace {

struct Told {
  double from_s, to_s, power_W;
  bool operator==(const Told& other) const {
    return from_s == other.from_s && to_s == other.to_s && power_W == other.power_W;
  }
};

}  // namespace

/// 3 W from 1 to 4 s and 5 W from 2 to 3 s: 8 W at most.
TEST(PowerTrack, AddsUpWhatIsDrawnTogether) {
  std::vector<Told> told;
  PowerTrack track([&](double from_s, double to_s, double power_W) { told.push_back({from_s, to_s, power_W}); });
  track.add(1, 4, 3);
  track.add(2, 3, 5);
  track.reach(2.5);
  EXPECT_EQ(track.highest_W(), 3);  // that of before 2.5 s, of which 2 s is the last change
  track.reach(5);
  EXPECT_EQ(track.highest_W(), 8);
  EXPECT_EQ(told, (std::vector<Told>{{0, 1, 0}, {1, 2, 3}, {2, 3, 8}, {3, 4, 3}}));
}

/// What ends as something else begins does not add to it, also where rounding has the end a digit late.
TEST(PowerTrack, WhatFollowsDoesNotAddUp) {
  PowerTrack track;
  track.add(0, 1, 3);
  track.add(1, 2, 4);
  track.add(2 - 1e-15, 3, 5);
  track.reach(9);
  EXPECT_EQ(track.highest_W(), 5);
}

TEST(PowerTrack, ChangesOfARate) {
  PowerTrack track;
  track.change(1, 10);
  track.change(2, -4);
  track.change(3, 1);
  track.change(4, -7);
  track.add(5, 6, 2);
  track.reach(1.5);
  EXPECT_EQ(track.highest_W(), 0);
  track.reach(9);
  EXPECT_EQ(track.highest_W(), 10);
}
