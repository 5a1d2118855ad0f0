#include <gtest/gtest.h>

#include "cost/roofline_model.hpp"
#include "support/temporary_folder.hpp"
#include "unit/cost/events.hpp"

namespace upmem_des::test {

namespace {

LayerEvent call_of(const char* type, const Shape& input, const Shape& output) {
  return function(type, "x", input, output);
}

/// In bfloat16.
Step step_of(const LayerEvent& event) {
  const Demand demand = RooflineModel(options()).cost(event, plain_device(), prefill_state);
  EXPECT_EQ(demand.size(), 1U) << event.type.str();
  return demand.size() == 1 ? demand[0] : Step();
}

TEST(RooflineFunctions, LinearTakesItsSizesFromInputAndOutput) {
  for (const char* type : {"linear", "mm"}) {
    const Step step = step_of(call_of(type, {6, 10}, {6, 4}));
    EXPECT_EQ(step.flop, 2 * 6 * 10 * 4) << type;
    EXPECT_EQ(step.memory_bytes, 2 * (10 * 4 + 6 * (10 + 4))) << type;
  }
  EXPECT_EQ(
      input_error([] {
        step_of(call_of("linear", {6, 10}, {5, 4}));
      }),
      "linear 'x' (event 12): input_shape [6, 10] and output_shape [5, 4]; expected equal sizes but for the last");
}

TEST(RooflineFunctions, OthersPassThroughMemoryOnce) {
  for (const char* type : {"rsqrt", "pow", "where", "cos", "clamp"}) {
    const Step step = step_of(call_of(type, {3, 8}, {3, 8}));
    EXPECT_EQ(step.flop, 24) << type;
    EXPECT_EQ(step.memory_bytes, 2 * (24 + 24)) << type;
  }
  for (const char* type : {"mean", "sum", "argmax"}) {
    const Step step = step_of(call_of(type, {3, 8}, {3, 1}));
    EXPECT_EQ(step.flop, 24) << type;
    EXPECT_EQ(step.memory_bytes, 2 * (24 + 3)) << type;
  }
}

TEST(RooflineFunctions, MovesComputeNothing) {
  for (const char* type : {"cat", "stack", "contiguous", "index_select"}) {
    const Step step = step_of(call_of(type, {1, 8}, {5, 8}));
    EXPECT_EQ(step.flop, 0) << type;
    EXPECT_EQ(step.memory_bytes, 2 * 2 * 40) << type;
  }
  EXPECT_EQ(step_of(call_of("zeros", {1}, {5, 8})).memory_bytes, 2 * 40);
  EXPECT_EQ(step_of(call_of("embedding", {1000, 8}, {5, 8})).memory_bytes, 2 * 2 * 40 + 8 * 5);
}

TEST(RooflineFunctions, CountAsTheLayersOfTheirName) {
  const auto same = [](const char* function_type, const char* layer_type) {
    const Step called = step_of(call_of(function_type, {2, 4, 6, 6}, {2, 4, 6, 6}));
    const Step as_layer = step_of(layer(layer_type, "x", {2, 4, 6, 6}, {1, 1}, {2, 4, 6, 6}));
    EXPECT_EQ(called.flop, as_layer.flop) << function_type;
    EXPECT_EQ(called.memory_bytes, as_layer.memory_bytes) << function_type;
  };
  same("layer_norm", "LayerNorm");
  same("group_norm", "GroupNorm");
  same("batch_norm", "BatchNorm2d");
  same("max_pool2d", "MaxPool2d");
  same("relu6", "ReLU6");
}

}  // namespace

}  // namespace upmem_des::test
