#include "plan/layer_tracker.hpp"
#include "upmem_des/trace/layer_event.hpp"

#include <gtest/gtest.h>

#include <string>

using namespace upmem_des;

namespace {

LayerEvent event(EventKind kind, const std::string& path) {
  LayerEvent event;
  event.kind = kind;
  event.path = Name(path);
  return event;
}

std::optional<std::int64_t> layer_of(const std::string& path) {
  LayerTracker tracker;
  return tracker.layer_of(event(EventKind::Layer, path));
}

}  // namespace

TEST(LayerTrackerTest, TheFirstNumberInThePath) {
  EXPECT_EQ(layer_of("model.layers.12.self_attn.q_proj"), 12);
  EXPECT_EQ(layer_of("model.layers.3.block_sparse_moe.experts.5.w1"), 3) << "not the expert's";
  EXPECT_EQ(layer_of("0"), 0);
  EXPECT_EQ(layer_of("features.007"), 7);
  EXPECT_EQ(layer_of(".1..2"), 1);
  EXPECT_EQ(layer_of("9223372036854775807"), 9223372036854775807);
}

TEST(LayerTrackerTest, PathsWithoutANumber) {
  for (const char* path : {"", "lm_head", "model.norm", "layer1.conv2", "a.1b.c", "-1", "a..b", "."})
    EXPECT_EQ(layer_of(path), std::nullopt) << path;
  EXPECT_EQ(layer_of("layers.9223372036854775808.x"), std::nullopt) << "2^63";
}

TEST(LayerTrackerTest, AFunctionWithoutAPathFollowsTheEventBefore) {
  LayerTracker tracker;
  const LayerEvent function = event(EventKind::Function, "");
  EXPECT_EQ(tracker.layer_of(function), std::nullopt) << "nothing comes before it";
  EXPECT_EQ(tracker.layer_of(event(EventKind::Layer, "layers.4.q_proj")), 4);
  EXPECT_EQ(tracker.layer_of(function), 4);
  EXPECT_EQ(tracker.layer_of(function), 4) << "and a function after that";
  EXPECT_EQ(tracker.layer_of(event(EventKind::Function, "layers.5.matmul")), 5) << "its own path comes first";
  EXPECT_EQ(tracker.layer_of(function), 5);
  EXPECT_EQ(tracker.layer_of(event(EventKind::Layer, "")), std::nullopt) << "a layer does not follow";
  EXPECT_EQ(tracker.layer_of(function), std::nullopt);
  EXPECT_EQ(tracker.layer_of(event(EventKind::Layer, "layers.4.q_proj")), 4) << "remembered";
  EXPECT_EQ(tracker.layer_of(event(EventKind::Layer, "lm_head")), std::nullopt);
  EXPECT_EQ(tracker.layer_of(function), std::nullopt);
}
