#include <gtest/gtest.h>

#include <cstdio>
#include <set>
#include <string>

#include "timeline/activity_label.hpp"
#include "timeline/operator_colour.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {
namespace {

std::string hex_of(const OperatorColour& colour) {
  char text[8];
  std::snprintf(text, sizeof text, "#%02x%02x%02x", colour.red & 255, colour.green & 255, colour.blue & 255);
  return text;
}

TEST(OperatorColour, EachClassHasItsOwnAndItsName) {
  std::set<std::string> seen{transfer_colour().hex};
  EXPECT_EQ(transfer_colour().hex, hex_of(transfer_colour()));
  for (const OperatorClass which : operator_classes) {
    const OperatorColour& colour = operator_colour(which);
    EXPECT_EQ(colour.hex, hex_of(colour));
    EXPECT_STREQ(to_string(which), colour.name);
    seen.insert(colour.hex);
  }
  EXPECT_EQ(operator_classes.size() + 1, seen.size());
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

}  // namespace
}  // namespace upmem_des
