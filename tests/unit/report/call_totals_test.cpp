#include "report/call_totals.hpp"

#include <gtest/gtest.h>

#include "call_sample.hpp"
#include "report/call_tables.hpp"

using namespace upmem_des;

namespace {

void add_all(CallTotals& calls, const std::vector<LayerEvent>& events) {
  for (const LayerEvent& event : events) {
    std::optional<double> time_s;
    if (event.duration_ns) time_s = *event.duration_ns * 1e-9;
    calls.add(event, event.phase, time_s);
  }
}

}  // namespace

TEST(CallTotalsTest, LayersAreInCreationOrder) {
  CallTotals calls;
  add_all(calls, {layer_call(5, "Linear", "b", 0, {8}, {2}), layer_call(-1, "Linear", "none", 0, {8}, {2}),
                  layer_call(0, "Linear", "a", 0, {8}, {2}), layer_call(5, "Linear", "b", 1, {8}, {2}),
                  layer_call(-1, "ReLU", "none", 1, {8}, {2})});
  const auto layers = calls.layers();
  ASSERT_EQ(layers.size(), 4U);
  EXPECT_EQ(layers[0]->name, "a");
  EXPECT_EQ(layers[1]->name, "b");
  EXPECT_EQ(layers[1]->total().count, 2);
  EXPECT_EQ(layers[2]->type, "Linear") << "without an id, in order of the first calls";
  EXPECT_EQ(layers[3]->type, "ReLU");
  EXPECT_FALSE(layers[2]->id);
}

TEST(CallTotalsTest, OneIdForTwoLayersKeepsThemApart) {
  CallTotals calls;
  add_all(calls, {layer_call(0, "Linear", "a", 0, {8}, {2}), layer_call(0, "Linear", "b", 0, {8}, {2}),
                  layer_call(0, "ReLU", "a", 0, {8}, {2}), function_call("ReLU", "a", 0, {8}, {2})});
  EXPECT_EQ(calls.layers().size(), 3U);
  EXPECT_EQ(calls.functions().size(), 1U);
}

TEST(CallTotalsTest, CountsAndTimes) {
  CallTotals calls;
  add_all(calls, sample_calls());
  const auto layers = calls.layers();
  ASSERT_EQ(layers.size(), 2U);
  const CallGroup& linear = *layers[1];
  EXPECT_EQ(linear.path, "body.0");
  EXPECT_EQ(linear.phases[0].count, 1);
  EXPECT_EQ(linear.phases[1].count, 2);
  EXPECT_DOUBLE_EQ(linear.phases[0].mean_s().value(), 3e-6);
  EXPECT_DOUBLE_EQ(linear.phases[1].mean_s().value(), 1.5e-6);
  EXPECT_DOUBLE_EQ(linear.total().mean_s().value(), 2e-6);
  EXPECT_FALSE(layers[0]->phases[1].mean_s());
  EXPECT_DOUBLE_EQ(calls.total(EventKind::Layer).time_s, 6.5e-6);
  EXPECT_DOUBLE_EQ(calls.total(EventKind::Function).time_s, 3.5e-6);
  EXPECT_EQ(calls.total(EventKind::Layer).count, 4);
  EXPECT_EQ(calls.total(EventKind::Function).count, 4);
}

TEST(CallTotalsTest, TheMeanIsOverCallsWithATime) {
  CallTotals calls;
  add_all(calls, {layer_call(0, "Linear", "a", 0, {8}, {2}, 4000), layer_call(0, "Linear", "a", 1, {8}, {2}),
                  layer_call(0, "Linear", "a", 2, {8}, {2}, 0)});
  const CallTimes total = calls.layers()[0]->total();
  EXPECT_EQ(total.count, 3);
  EXPECT_EQ(total.timed, 2);
  EXPECT_DOUBLE_EQ(total.mean_s().value(), 2e-6);
}

TEST(CallTotalsTest, DevicesThatVary) {
  CallTotals calls;
  const LayerEvent event = layer_call(0, "Linear", "a", 0, {8}, {2});
  calls.add(event, Phase::Prefill, 1, Name("HOST"));
  EXPECT_FALSE(calls.layers()[0]->more_devices);
  calls.add(event, Phase::Decode, 1, Name("H100"));
  EXPECT_EQ(calls.layers()[0]->device, "HOST");
  EXPECT_TRUE(calls.layers()[0]->more_devices);
}

TEST(CallTotalsTest, MemoryIsBoundedAndTheRestIsTold) {
  CallTotals calls;
  LayerEvent layer = layer_call(0, "Linear", "a", 0, {8}, {2});
  const auto most = static_cast<std::int64_t>(CallTotals::max_groups);
  for (std::int64_t id = 0; id < most + 2; ++id) {
    layer.id = id;
    calls.add(layer, Phase::Prefill, 1e-6);
  }
  calls.add(layer, Phase::Decode, 2e-6);
  calls.add(function_call("softmax", "probs", 1, {8}, {8}), Phase::Decode, 3e-6);
  EXPECT_EQ(calls.layers().size(), CallTotals::max_groups);
  EXPECT_EQ(calls.functions().size(), 1U) << "each kind has its own bound";
  EXPECT_EQ(calls.others(EventKind::Layer)[0].count, 2);
  EXPECT_EQ(calls.others(EventKind::Layer)[1].count, 1);
  EXPECT_EQ(calls.others(EventKind::Function)[1].count, 0);
  EXPECT_EQ(calls.total(EventKind::Layer).count, most + 3);
  EXPECT_NEAR(calls.total(EventKind::Layer).time_s, 0.100004, 1e-12);

  // 4 µs of the 100007 in 3 calls: mean 1.3333 µs.
  const std::string text = layers_table(calls, TimeOrigin::Measured);
  const std::size_t line = text.find("(after 100000 layers)");
  ASSERT_NE(line, std::string::npos);
  std::string words;
  for (const char c : text.substr(line, text.find('\n', line) - line))
    if (c != ' ' || words.back() != ' ') words += c;
  EXPECT_EQ(words, "(after 100000 layers) 3 1.3333 1.0000 2.0000 0.0040000 0.0");
  EXPECT_NE(class_table(calls, TimeOrigin::Measured).find("  (others)"), std::string::npos);
}
