#include "trace/parameters.hpp"

#include <gtest/gtest.h>

#include "cost/roofline_model.hpp"
#include "upmem_des/trace/recognise.hpp"

#include "unit/cost/events.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des::test {

namespace {

/// Bytes that the roofline model moves for `event` besides its input and output.
double weight_bytes(const LayerEvent& event, NumberFormat format) {
  return RooflineModel(options(format)).cost(event, plain_device(), prefill_state)[0].memory_bytes -
         bytes_per_element(format) * (event.input_shape.elements() + event.output_shape.elements());
}

/// A call of a layer of `type` that is neither a Linear nor a Conv2d.
LayerEvent square(const std::string& type) {
  return layer(type.c_str(), "x", {2, 3, 5}, {1, 1}, {2, 3, 5});
}

}  // namespace

TEST(ParameterCountTest, Linear) {
  EXPECT_EQ(parameter_count(layer("Linear", "q_proj", {1, 3, 4}, {4, 10}, {1, 3, 10})), 40);
  EXPECT_EQ(parameter_count(layer("Linear", "q_proj", {7, 4}, {4, 10}, {7, 10})), 40) << "rows have no weights";
  EXPECT_EQ(parameter_count(layer("Linear", "w1", {0, 4}, {4, 10}, {0, 10})), 40) << "an expert without tokens has";
  EXPECT_EQ(parameter_count(layer("Conv1D", "c_attn", {3, 4}, {4, 12}, {3, 12})), 48);
  EXPECT_EQ(parameter_count(layer("Linear", "x", {1, 0}, {0, 10}, {1, 10})), 0);
  // The largest sizes that a trace may have: 1e9 · 1e6 = 1e15, below 2^53.
  EXPECT_EQ(parameter_count(layer("Linear", "x", {1, 1'000'000'000}, {1'000'000'000, 1'000'000}, {1, 1'000'000})),
            1e15);
}

TEST(ParameterCountTest, Convolution) {
  // 8 output channels, 3 input channels, kernel 3 × 5: 360.
  EXPECT_EQ(parameter_count(layer("Conv2d", "conv", {2, 3, 8, 10}, {3, 5}, {2, 8, 6, 5})), 360);
  EXPECT_EQ(parameter_count(layer("Conv2d", "conv", {3, 8, 10}, {3, 5}, {8, 6, 5})), 360);
}

TEST(ParameterCountTest, Norms) {
  EXPECT_EQ(parameter_count(square("LlamaRMSNorm")), 5);
  EXPECT_EQ(parameter_count(square("LayerNorm")), 10);
  EXPECT_EQ(parameter_count(square("GroupNorm")), 6) << "2 for each of 3 channels";
  EXPECT_EQ(parameter_count(square("BatchNorm2d")), 12) << "4 for each of 3 channels";
  EXPECT_EQ(parameter_count(layer("BatchNorm1d", "x", {7}, {1, 1}, {7})), 28);
}

TEST(ParameterCountTest, EmbeddingsNeedTheVocabulary) {
  const LayerEvent event = layer("Embedding", "embed_tokens", {2, 3}, {1, 1}, {2, 3, 16});
  EXPECT_EQ(parameter_count(event, 100), 1600);
  EXPECT_EQ(parameter_count(event), 0);
}

TEST(ParameterCountTest, OthersHaveNone) {
  for (const char* type : {"SiLUActivation", "Dropout", "LlamaRotaryEmbedding", "MaxPool2d", "Mine"})
    EXPECT_EQ(parameter_count(square(type), 100), 0) << type;
  for (const char* type : {"scaled_dot_product_attention", "matmul", "layer_norm", "linear", "embedding", "Linear"})
    EXPECT_EQ(parameter_count(function(type, "x", {2, 3, 5}, {2, 3, 5}), 100), 0) << type;
}

TEST(ParameterCountTest, AgreesWithTheRooflineModel) {
  const LayerEvent linear = layer("Linear", "q_proj", {1, 3, 4}, {4, 10}, {1, 3, 10});
  const LayerEvent conv1d = layer("Conv1D", "c_attn", {3, 4}, {4, 12}, {3, 12});
  const LayerEvent conv2d = layer("Conv2d", "conv", {2, 3, 8, 10}, {3, 5}, {2, 8, 6, 5});
  for (const NumberFormat format :
       {NumberFormat::int4, NumberFormat::int8, NumberFormat::bfloat16, NumberFormat::float32}) {
    const double bytes = bytes_per_element(format);
    EXPECT_EQ(weight_bytes(linear, format), bytes * 40);
    EXPECT_EQ(weight_bytes(linear, format), bytes * parameter_count(linear));
    EXPECT_EQ(weight_bytes(conv1d, format), bytes * parameter_count(conv1d));
    EXPECT_EQ(weight_bytes(conv2d, format), bytes * parameter_count(conv2d));
  }
  int norms = 0;
  for (const std::string& type : recognised_types()) {
    if (type.find("Norm") == std::string::npos) continue;
    ++norms;
    const auto* norm = as<operation::Norm>(operation_of(square(type)));
    ASSERT_NE(norm, nullptr) << type;
    const bool has_weights = !norm->is_plain && norm->kind != operation::Norm::Kind::Response;
    EXPECT_EQ(parameter_count(square(type)) > 0, has_weights) << type;
    EXPECT_EQ(weight_bytes(square(type), NumberFormat::bfloat16), 2 * parameter_count(square(type))) << type;
  }
  EXPECT_EQ(norms, 21);
}

TEST(ParameterCountTest, AWeightThatIsMissingIsAnError) {
  LayerEvent event = layer("Linear", "x", {1, 4}, {4, 10}, {1, 10});
  event.weight_shape.reset();
  EXPECT_EQ(error_of([&] { parameter_count(event); }),
            "Linear 'x' (event 12): no weight_shape of 2 sizes; its cost follows from them");
  event.type = Name("Conv2d");
  EXPECT_EQ(error_of([&] { parameter_count(event); }),
            "Conv2d 'x' (event 12): no weight_shape of 2 sizes; its cost follows from them");
}

}  // namespace upmem_des::test
