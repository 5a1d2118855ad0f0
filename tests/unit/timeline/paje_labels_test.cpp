#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <string>

#include "timeline/activity_label.hpp"
#include "timeline/operator_colour.hpp"

namespace upmem_des {
namespace {

std::string hex_of(const OperatorColour& colour) {
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", colour.red & 255, colour.green & 255, colour.blue & 255);
  return text;
}

TEST(OperatorColour, EachClassHasItsOwnAndItsName) {
  std::set<std::string> seen{transfer_colour().hex, idle_colour().hex};
  EXPECT_EQ(transfer_colour().hex, hex_of(transfer_colour()));
  EXPECT_EQ(idle_colour().hex, hex_of(idle_colour()));
  for (const OperatorClass which : operator_classes) {
    const OperatorColour& colour = operator_colour(which);
    EXPECT_EQ(colour.hex, hex_of(colour));
    EXPECT_STREQ(to_string(which), colour.name);
    seen.insert(colour.hex);
  }
  EXPECT_EQ(operator_classes.size() + 2, seen.size());
}

TEST(ActivityLabel, OfALayerAndOfItsTransfers) {
  LayerEvent event;
  event.type = Name("Linear");
  ActivityRecord activity;
  activity.event = &event;
  EXPECT_EQ("Linear", activity_label(activity));
  EXPECT_STREQ("linear", activity_colour(activity).name);
  event.name = Name("q_proj");
  EXPECT_EQ("q_proj", activity_label(activity));
  activity.kind = ActivityKind::Transfer;
  activity.purpose = "all-reduce";
  EXPECT_EQ("q_proj: all-reduce", activity_label(activity));
  EXPECT_STREQ("transfer", activity_colour(activity).name);
  activity.event = nullptr;
  activity.purpose = "";
  EXPECT_EQ("result", activity_label(activity));
}

TEST(ActivityLabel, OfTheStream) {
  PlatformSpec platform;
  for (const char* name : {"HOST", "dimm[0]", "dimm[1]"}) {
    platform.devices.emplace_back();
    platform.devices.back().name = name;
  }
  platform.routes = {{2, {0}, {}}, {0, {1, 2}, {}}};
  ActivityRecord activity;
  activity.stream = 1;
  EXPECT_EQ("dimm[0]", stream_name(platform, activity));
  activity.kind = ActivityKind::Transfer;
  EXPECT_EQ("HOST to 2 devices", stream_name(platform, activity));
  activity.stream = 0;
  EXPECT_EQ("dimm[1] to HOST", stream_name(platform, activity));
}

}  // namespace
}  // namespace upmem_des
