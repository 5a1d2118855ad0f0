#include <ATen/Parallel.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/script.h>
#include <torch/version.h>

#include "unit/profiler/script_networks.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using testing::ElementsAre;

namespace {

using Inputs = std::vector<std::string>;

std::vector<std::string> events(const std::string& name, const Inputs& inputs) {
  return lines(profiled(name, inputs).events);
}

at::Tensor scale(const at::Tensor& x, double by) {
  return x * by;
}

TORCH_LIBRARY(test_ops, library) {
  library.def("scale(Tensor x, float by) -> Tensor", scale);
}

}  // namespace

/// The layer `unused` has id 2 and is never called.
TEST(ProfileScript, LayersInContainersAndFunctions) {
  const auto expected =
      ElementsAre("layer Linear body.0 0 [2, 4] * [4, 8] = [2, 8]", "layer ReLU body.1 1 [2, 8] * [1, 1] = [2, 8]",
                  "function tanh [2, 8] = [2, 8]", "layer Linear head.0 3 [2, 8] * [8, 3] = [2, 3]",
                  "function softmax [2, 3] = [2, 3]");
  EXPECT_THAT(events("nested_scripted", {"2x4"}), expected);
  EXPECT_THAT(events("nested_traced", {"2x4"}), expected);
}

TEST(ProfileScript, ModuleCalledTwiceInARow) {
  const auto expected =
      ElementsAre("layer Linear first 0 [2, 4] * [4, 4] = [2, 4]", "layer Linear first 0 [2, 4] * [4, 4] = [2, 4]",
                  "layer Linear second 1 [2, 4] * [4, 4] = [2, 4]");
  EXPECT_THAT(events("twice_scripted", {"2x4"}), expected);
  EXPECT_THAT(events("twice_traced", {"2x4"}), expected);
}

TEST(ProfileScript, SharedModuleHasItsFirstName) {
  EXPECT_THAT(events("shared", {"2x4"}), ElementsAre("layer Linear first 0 [2, 4] * [4, 4] = [2, 4]",
                                                     "layer Linear first 0 [2, 4] * [4, 4] = [2, 4]",
                                                     "layer ReLU third 1 [2, 4] * [1, 1] = [2, 4]"));
}

/// Rows (8 + 2·1 − 3) / 2 + 1 = 4, columns 10 + 2·2 − 5 + 1 = 10. "same" of a 3 × 5 kernel with dilation 1 and 2 adds
/// (3 − 1) / 2 = 1 row and 2 (5 − 1) / 2 = 4 columns on each side.
TEST(ProfileScript, Convolutions) {
  const auto expected = ElementsAre(
      "layer Conv2d strided 0 [2, 3, 8, 10] * [3, 5] = [2, 8, 4, 10] stride 2 1 padding 1 2",
      "layer BatchNorm2d norm 1 [2, 8, 4, 10] * [1, 1] = [2, 8, 4, 10]", "function relu [2, 8, 4, 10] = [2, 8, 4, 10]",
      "layer Conv2d same 2 [2, 8, 4, 10] * [3, 5] = [2, 4, 4, 10] stride 1 1 padding 1 4",
      "layer MaxPool2d pool 3 [2, 4, 4, 10] * [1, 1] = [2, 4, 2, 5]",
      "layer Flatten flatten 4 [2, 4, 2, 5] * [1, 1] = [2, 40]");
  EXPECT_THAT(events("convolutions_scripted", {"2x3x8x10"}), expected);
  EXPECT_THAT(events("convolutions_traced", {"2x3x8x10"}), expected);
}

TEST(ProfileScript, LeafOfOnesOwn) {
  const auto expected = ElementsAre("layer TinyRMSNorm norm 0 [2, 6] * [6, 6] = [2, 6]");
  EXPECT_THAT(events("norm_scripted", {"2x6"}), expected);
  EXPECT_THAT(events("norm_traced", {"2x6"}), expected);
}

TEST(ProfileScript, LayerWithSeveralForwards) {
  const auto expected = ElementsAre("layer LSTM lstm 0 [2, 4, 3] * [1, 1] = [2, 4, 5]",
                                    "layer Linear fc 1 [2, 4, 5] * [5, 2] = [2, 4, 2]");
  EXPECT_THAT(events("recurrent_scripted", {"2x4x3"}), expected);
  EXPECT_THAT(events("recurrent_traced", {"2x4x3"}), expected);
}

/// Index 50 would be an error: see profile_script_errors_test.cpp.
TEST(ProfileScript, WholeNumbersInARange) {
  EXPECT_THAT(events("words", {"2x7:int64:0..49"}), ElementsAre("layer Embedding words 0 [2, 7] * [1, 1] = [2, 7, 6]"));
  EXPECT_THAT(events("words", {"3:int32:49..49"}), ElementsAre("layer Embedding words 0 [3] * [1, 1] = [3, 6]"));
}

/// Of fused attention the input is the key.
TEST(ProfileScript, Attention) {
  EXPECT_THAT(events("fused_attention", {"1x2x3x4", "1x2x5x4"}),
              ElementsAre("function scaled_dot_product_attention [1, 2, 5, 4] = [1, 2, 3, 4] causal 0"));
  EXPECT_THAT(events("eager_attention", {"1x2x3x4", "1x2x5x4"}),
              ElementsAre("function matmul [1, 2, 3, 4] = [1, 2, 3, 5]", "function softmax [1, 2, 3, 5] = [1, 2, 3, 5]",
                          "function matmul [1, 2, 3, 5] = [1, 2, 3, 4]"));
}

TEST(ProfileScript, ResultsThatAreNoTensor) {
  EXPECT_THAT(events("results", {"2x4"}), ElementsAre("layer Pair pair 0 [2, 4] * [1, 1] = [2, 4]"));
  EXPECT_THAT(events("no_tensor", {"2x4"}),
              ElementsAre("layer Counter counter 0 [1] * [1, 1] = [1]", "function full [1] = [3]"));
}

TEST(ProfileScript, ViewsAreNoEventsButCopiesAre) {
  EXPECT_THAT(
      events("views", {"24"}),
      ElementsAre("function contiguous [4, 6] = [4, 6]", "function reshape [6, 4] = [24]", "function relu [24] = [24]",
                  "function add [24] = [24]", "function to [24] = [24]", "function sum [24] = [1]"));
}

TEST(ProfileScript, ShapesThatATraceCannotHold) {
  EXPECT_THAT(events("shapes", {"24"}),
              ElementsAre("function sum [24] = [1]", "function relu [1] = [1]",
                          "function relu [2, 1, 3, 1, 1, 1, 2, 2] = [2, 1, 3, 1, 1, 1, 2, 2]"));
}

TEST(ProfileScript, TypesWithoutTheShapesOfTheirName) {
  EXPECT_THAT(events("bad_names", {"2x3"}), ElementsAre("layer Linear* linear 0 [2, 3] * [1, 1] = [1]",
                                                        "layer LayerNorm* norm 1 [2, 3] * [1, 1] = [2]"));
}

TEST(ProfileScript, ForkedTasksRunInOrder) {
  EXPECT_THAT(events("forked", {"2x4"}), ElementsAre("layer Linear left 0 [2, 4] * [4, 2] = [2, 2]",
                                                     "layer Linear right 1 [2, 4] * [4, 3] = [2, 3]"));
}

TEST(ProfileScript, FrozenNetworkHasFunctionsOnly) {
  EXPECT_THAT(events("frozen", {"2x4"}), ElementsAre("function linear [2, 4] = [2, 8]", "function relu [2, 8] = [2, 8]",
                                                     "function tanh [2, 8] = [2, 8]", "function linear [2, 8] = [2, 3]",
                                                     "function softmax [2, 3] = [2, 3]"));
}

TEST(ProfileScript, NetworkThatIsOneLayer) {
  EXPECT_THAT(events("leaf", {"2x4"}), ElementsAre("layer Linear  0 [2, 4] * [4, 3] = [2, 3]"));
}

TEST(ProfileScript, OptionalArguments) {
  EXPECT_THAT(events("arguments", {"2x3"}), ElementsAre("function relu [2, 3] = [2, 3]"));
  EXPECT_THAT(events("arguments", {"2x3", "3:bool:0..1"}), ElementsAre("function mul [2, 3] = [2, 3]"));
}

TEST(ProfileScript, OperatorsOfOtherDomains) {
  EXPECT_THAT(events("scaled", {"5"}), ElementsAre("function test_ops::scale [5] = [5]"));
}

TEST(ProfileScript, WhatANetworkPrintsGoesToStandardError) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  EXPECT_THAT(events("prints", {"3"}), ElementsAre("function relu [3] = [3]"));
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "network speaking\n");
}

TEST(ProfileScript, Header) {
  const TraceHeader header = profiled("nested_scripted", {"2x4"}).header;
  EXPECT_EQ(header.model, "nested_scripted");
  EXPECT_EQ(header.source, "profiled: " + network_file("nested_scripted"));
  EXPECT_EQ(header.batch, 2);
  EXPECT_EQ(header.dtype, NumberFormat::float32);
  EXPECT_EQ(profiled("bfloat16", {"2x4:bfloat16"}).header.dtype, NumberFormat::bfloat16);
  EXPECT_EQ(profiled("arguments", {"2x3:bfloat16"}).header.dtype, NumberFormat::bfloat16);  // it has no parameters
}

TEST(ProfileScript, DoublePrecisionIsAWarning) {
  const Profiled result = profiled("double", {"2x4:float64"});
  EXPECT_EQ(result.header.dtype, NumberFormat::float32);
  EXPECT_THAT(result.reply.warnings,
              ElementsAre("the network computes in float64, which traces do not know; the trace says float32"));
}

TEST(ProfileScript, RepeatedPasses) {
  ScriptRequest script = network_request("twice_scripted", {"2x4"});
  script.repeat = 3;
  script.warmup = 2;
  const Profiled result = profiled(script);
  std::vector<std::string> expected;
  for (const std::string step : {"", " step 1", " step 2"})
    for (const std::string layer : {"first 0", "first 0", "second 1"})
      expected.push_back("layer Linear " + layer + " [2, 4] * [4, 4] = [2, 4]" + step);
  EXPECT_EQ(lines(result.events), expected);
  EXPECT_EQ(result.reply.phases[0].passes, 1);
  EXPECT_EQ(result.reply.phases[1].passes, 2);
  EXPECT_EQ(result.reply.events, 9);
}

/// Events follow each other, and together they take no longer than the passes that they are parts of.
TEST(ProfileScript, TimesAreConserved) {
  ScriptRequest script = network_request("mixed", {"5x64"});
  script.repeat = 20;
  const Profiled result = profiled(script);
  ASSERT_EQ(result.events.size(), 20U * 13U);
  double end_ns = 0;
  double sum_ns = 0;
  EXPECT_EQ(result.events.front().start_ns, 0);
  for (const LayerEvent& event : result.events) {
    ASSERT_TRUE(event.start_ns && event.duration_ns);
    EXPECT_GE(*event.start_ns, end_ns);
    EXPECT_GT(*event.duration_ns, 0);
    end_ns = *event.start_ns + *event.duration_ns;
    sum_ns += *event.duration_ns;
  }
  const double passes_s = result.reply.phases[0].time_s + result.reply.phases[1].time_s;
  EXPECT_NEAR(result.reply.events_s, sum_ns * 1e-9, 1e-9);
  EXPECT_LE(result.reply.events_s, passes_s);
}

TEST(ProfileScript, Machine) {
  ScriptRequest script = network_request("leaf", {"2x4"});
  const ProfileReply reply = profiled(script).reply;
  EXPECT_EQ(reply.libtorch, TORCH_VERSION);
  EXPECT_NE(reply.cpu, "");
  EXPECT_EQ(reply.threads, at::get_num_threads());
  EXPECT_FALSE(reply.sim_compute);
}

/// The shapes are those of the real run.
TEST(ProfileScript, WithoutComputing) {
  for (const auto& [name, inputs] : {std::pair<std::string, Inputs>{"nested_scripted", {"2x4"}},
                                     {"convolutions_traced", {"2x3x8x10"}},
                                     {"fused_attention", {"1x2x3x4", "1x2x5x4"}}}) {
    const Profiled result = profiled(network_request(name, inputs), true);
    EXPECT_EQ(lines(result.events), events(name, inputs));
    EXPECT_TRUE(result.reply.sim_compute);
  }
}
