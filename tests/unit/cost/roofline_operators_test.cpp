#include <gtest/gtest.h>

#include "cost/roofline_model.hpp"
#include "unit/cost/events.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des::test {

namespace {

Step step_of(const LayerEvent& event, NumberFormat type = NumberFormat::bfloat16) {
  const Demand demand = RooflineModel(options(type)).cost(event, plain_device(), prefill_state);
  EXPECT_EQ(demand.size(), 1U) << event.type.str();
  return demand.size() == 1 ? demand[0] : Step();
}

TEST(RooflineLinear, Prefill) {
  // 3 rows, weight [4, 10]: 2 * 3 * 4 * 10 = 240 flop; 40 weights, 12 numbers read and 30 written: 82 * 2 bytes.
  const Step step = step_of(layer("Linear", "q_proj", {1, 3, 4}, {4, 10}, {1, 3, 10}));
  EXPECT_EQ(step.unit, ComputeUnit::Arithmetic);
  EXPECT_DOUBLE_EQ(step.flop, 240);
  EXPECT_DOUBLE_EQ(step.compute.time_s, 240 / 2e12);
  EXPECT_DOUBLE_EQ(step.compute.energy_J, 240 * 0.5e-12);
  EXPECT_DOUBLE_EQ(step.memory_bytes, 164);
  EXPECT_DOUBLE_EQ(step.memory.time_s, 164 / 100e9);
  EXPECT_DOUBLE_EQ(step.memory.energy_J, 164 * 10e-12);
  EXPECT_EQ(step.kv_bytes, 0);
  EXPECT_DOUBLE_EQ(step.time_s(), 1.64e-9);
}

TEST(RooflineLinear, RowsAreAllLeadingSizes) {
  EXPECT_DOUBLE_EQ(step_of(layer("Linear", "x", {2, 3, 5, 7, 4}, {4, 10}, {2, 3, 5, 7, 10})).flop, 210 * 80);
  EXPECT_DOUBLE_EQ(step_of(layer("Conv1D", "c_attn", {3, 4}, {4, 12}, {3, 12})).flop, 2 * 3 * 4 * 12);
}

TEST(RooflineLinear, DataTypes) {
  const LayerEvent event = layer("Linear", "x", {1, 4}, {4, 10}, {1, 10});  // 80 flop, 40 + 14 numbers
  EXPECT_DOUBLE_EQ(step_of(event, NumberFormat::int4).memory_bytes, 27);
  EXPECT_DOUBLE_EQ(step_of(event, NumberFormat::int8).memory_bytes, 54);
  EXPECT_DOUBLE_EQ(step_of(event, NumberFormat::float32).memory_bytes, 216);
  EXPECT_DOUBLE_EQ(step_of(event, NumberFormat::int4).compute.time_s, 80 / 8e12);
  EXPECT_DOUBLE_EQ(step_of(event, NumberFormat::int8).compute.time_s, 80 / 2e12);
}

TEST(RooflineLinear, InputThatDoesNotFitTheWeightIsAnError) {
  EXPECT_EQ(error_of([] {
              step_of(layer("Linear", "x", {1, 5}, {4, 10}, {1, 10}));
            }),
            "Linear 'x' (event 12): input_shape [1, 5] does not end in 4, the in_features of weight_shape");
  LayerEvent without = layer("Linear", "x", {1, 4}, {4, 10}, {1, 10});
  without.weight_shape.reset();
  EXPECT_EQ(error_of([&] { step_of(without); }),
            "Linear 'x' (event 12): no weight_shape of 2 sizes; its cost follows from them");
}

TEST(RooflineConvolution, CountsChannelsAndKernel) {
  // Output 2 * 8 * 6 * 5 = 480; filter 3 * 3 * 5 = 45: 2 * 480 * 45 = 43200 flop.
  // 8 * 45 = 360 weights, 2 * 3 * 8 * 10 = 480 read, 480 written: 1320 * 2 bytes.
  const Step step = step_of(layer("Conv2d", "conv", {2, 3, 8, 10}, {3, 5}, {2, 8, 6, 5}));
  EXPECT_DOUBLE_EQ(step.flop, 43200);
  EXPECT_DOUBLE_EQ(step.memory_bytes, 2640);
  // Without a batch: 240 * 45 * 2; (360 + 240 + 240) * 2.
  const Step single = step_of(layer("Conv2d", "conv", {3, 8, 10}, {3, 5}, {8, 6, 5}));
  EXPECT_DOUBLE_EQ(single.flop, 21600);
  EXPECT_DOUBLE_EQ(single.memory_bytes, 1680);
  EXPECT_EQ(error_of([] {
              step_of(layer("Conv2d", "conv", {8, 10}, {3, 5}, {6, 5}));
            }),
            "Conv2d 'conv' (event 12): input_shape [8, 10] and output_shape [6, 5]; expected channels, height and "
            "width in both");
}

TEST(RooflinePooling, ReadsItsInputOnce) {
  for (const char* type : {"MaxPool2d", "AvgPool2d", "AdaptiveMaxPool2d", "AdaptiveAvgPool2d"}) {
    const Step step = step_of(layer(type, "pool", {1, 2, 4, 4}, {1, 1}, {1, 2, 2, 2}));
    EXPECT_DOUBLE_EQ(step.flop, 32) << type;
    EXPECT_DOUBLE_EQ(step.memory_bytes, (32 + 8) * 2) << type;
  }
}

TEST(RooflineEmbedding, GathersRows) {
  // 6 ids of 8 bytes; 6 rows of 16 numbers read and written: 48 + 2 * 96 * 2.
  const LayerEvent event = layer("Embedding", "embed_tokens", {1, 6}, {1, 1}, {1, 6, 16});
  const Step step = step_of(event);
  EXPECT_EQ(step.flop, 0);
  EXPECT_DOUBLE_EQ(step.memory_bytes, 432);
  EXPECT_DOUBLE_EQ(step_of(event, NumberFormat::int4).memory_bytes, 48 + 96);
}

TEST(RooflineRotary, MakesTwoTables) {
  // 6 rows of 16: 96 * 3 flop; 6 positions of 8 bytes, 2 * 96 numbers of 2 bytes written.
  const Step step = step_of(layer("LlamaRotaryEmbedding", "rotary_emb", {1, 6, 16}, {1, 1}, {1, 6, 16}));
  EXPECT_DOUBLE_EQ(step.flop, 288);
  EXPECT_DOUBLE_EQ(step.memory_bytes, 48 + 384);
  // A trace with the tables' true width of 4: 24 * 3; 48 + 2 * 24 * 2.
  const Step narrow = step_of(layer("MistralRotaryEmbedding", "rotary_emb", {1, 6, 16}, {1, 1}, {1, 6, 4}));
  EXPECT_DOUBLE_EQ(narrow.flop, 72);
  EXPECT_DOUBLE_EQ(narrow.memory_bytes, 48 + 96);
}

TEST(RooflineMatmul, PlainProducts) {
  // [2, 3, 4] x [2, 4, 5]: 2 * 3 * 4 * 5 * 2 = 240 flop; 24 + 40 + 30 numbers.
  const Step batched = step_of(function("matmul", "y", {2, 3, 4}, {2, 3, 5}));
  EXPECT_DOUBLE_EQ(batched.flop, 240);
  EXPECT_DOUBLE_EQ(batched.memory_bytes, 188);
  EXPECT_EQ(batched.kv_bytes, 0);
  EXPECT_DOUBLE_EQ(step_of(function("bmm", "y", {2, 3, 4}, {2, 3, 5})).flop, 240);
  // Matrix [3, 4] by vector [4]: 3 * 4 * 2; 12 + 4 + 3 numbers.
  const Step by_vector = step_of(function("matmul", "y", {3, 4}, {3}));
  EXPECT_DOUBLE_EQ(by_vector.flop, 24);
  EXPECT_DOUBLE_EQ(by_vector.memory_bytes, 38);
  // Vector [4] by matrix [4, 5]: 4 * 5 * 2; 4 + 20 + 5. Vector by vector: 4 * 2; 4 + 4 + 1.
  EXPECT_DOUBLE_EQ(step_of(function("matmul", "y", {4}, {5})).flop, 40);
  EXPECT_DOUBLE_EQ(step_of(function("matmul", "y", {4}, {5})).memory_bytes, 58);
  EXPECT_DOUBLE_EQ(step_of(function("matmul", "y", {4}, {})).flop, 8);
  EXPECT_DOUBLE_EQ(step_of(function("matmul", "y", {4}, {})).memory_bytes, 18);
  // The first operand serves each of two others: [3, 4] x [2, 4, 5].
  EXPECT_DOUBLE_EQ(step_of(function("matmul", "y", {3, 4}, {2, 3, 5})).flop, 240);
  EXPECT_DOUBLE_EQ(step_of(function("matmul", "y", {3, 4}, {2, 3, 5})).memory_bytes, (12 + 40 + 30) * 2);
  EXPECT_EQ(error_of([] {
              step_of(function("matmul", "y", {3, 4}, {2, 5}));
            }),
            "matmul 'y' (event 12): output_shape [2, 5] is no product of input_shape [3, 4] and a second operand");
}

TEST(RooflineFree, NothingIsDone) {
  const RooflineModel model(options());
  Architecture device = plain_device();
  device.launch_overhead_s = 1;
  for (const char* type : {"Dropout", "Identity", "Flatten"})
    EXPECT_EQ(model.cost(layer(type, "x", {2, 3}, {1, 1}, {2, 3}), device, prefill_state).size(), 0U) << type;
  EXPECT_EQ(model.cost(function("reshape", "x", {2, 3}, {6}), device, prefill_state).time_s(), 0);
}

TEST(RooflineEmpty, EmptyEventsCostNothing) {
  const RooflineModel model(options());
  Architecture device = vector_device();
  device.launch_overhead_s = 1;
  const auto steps = [&](const LayerEvent& event) { return model.cost(event, device, prefill_state).size(); };
  EXPECT_EQ(steps(layer("Linear", "w1", {0, 4}, {4, 10}, {0, 10})), 0U);
  EXPECT_EQ(steps(layer("SiLUActivation", "return", {0, 10}, {1, 1}, {0, 10})), 0U);
  EXPECT_EQ(steps(layer("LlamaRMSNorm", "norm", {0, 10}, {10, 10}, {0, 10})), 0U);
  EXPECT_EQ(steps(layer("Embedding", "embed", {0}, {1, 1}, {0, 4})), 0U);
  EXPECT_EQ(steps(function("softmax", "x", {0, 10}, {0, 10})), 0U);
  EXPECT_EQ(steps(function("matmul", "attn_weights", {1, 2, 0, 4}, {1, 2, 0, 0})), 0U);
  EXPECT_EQ(steps(function("matmul", "x", {3, 0}, {3, 5})), 0U);
  EXPECT_EQ(steps(function("scaled_dot_product_attention", "x", {1, 2, 0, 4}, {1, 2, 0, 4})), 0U);
  // No query, though there is a cache.
  EXPECT_EQ(steps(function("scaled_dot_product_attention", "x", {1, 2, 6, 4}, {1, 2, 0, 4})), 0U);
  EXPECT_EQ(steps(layer("Conv2d", "x", {0, 3, 8, 8}, {3, 3}, {0, 4, 6, 6})), 0U);
}

}  // namespace

}  // namespace upmem_des::test
