// What networks of PyTorch call: every number is worked out by hand, on a device of 2 bytes a number.
#include <gtest/gtest.h>

#include <cctype>

#include "cost/roofline_model.hpp"
#include "operation/operation_text.hpp"
#include "trace/parameters.hpp"
#include "unit/cost/events.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des::test {

namespace {

LayerEvent with(LayerEvent event, const char* operation) {
  event.operation = &keep(operation_from(operation));
  return event;
}

Step step_of(const LayerEvent& event, const Architecture& device = plain_device()) {
  const Demand demand = RooflineModel(options()).cost(event, device, prefill_state);
  EXPECT_EQ(demand.size(), 1U) << event.type.str();
  return demand.size() == 1 ? demand[0] : Step();
}

void expect_work(const LayerEvent& event, double flop, double memory_bytes) {
  const Step step = step_of(event);
  EXPECT_EQ(step.flop, flop) << event.type.str();
  EXPECT_EQ(step.memory_bytes, memory_bytes) << event.type.str();
}

}  // namespace

// 5 steps of 2 sequences, 3 numbers in, a state of 4: 10 rows, 16 gates.
TEST(RecurrentTest, AnLstmReadsTheStatesMatrixOnceAStep) {
  const LayerEvent event = with(layer("LSTM", "lstm", {5, 2, 3}, {1, 1}, {5, 2, 4}), "recurrent hidden=4 bias");
  // 10 · (2·16·3 + 2·16·4 + 22·4) and 2·16 for two biases. 16·3 once, 16·4 five times, 32 biases, rows of 3 and 4, and
  // two states of 2·4 in and out.
  expect_work(event, 10 * (96 + 128 + 88 + 32), 2 * (48 + 5 * 64 + 32 + 10 * 7 + 32));
  EXPECT_EQ(parameter_count(event), 16 * 7 + 32);
  EXPECT_EQ(bias_count(event), 32);
}

TEST(RecurrentTest, AStatesMatrixThatFitsIntoTheCacheIsReadOnce) {
  const LayerEvent event = with(layer("LSTM", "lstm", {5, 2, 3}, {1, 1}, {5, 2, 4}), "recurrent hidden=4 bias");
  Architecture device = plain_device();
  device.cache_B = 128;  // 16 · 4 numbers
  EXPECT_EQ(step_of(event, device).memory_bytes, 2 * (48 + 64 + 32 + 70 + 32));
  device.cache_B = 127;
  EXPECT_EQ(step_of(event, device).memory_bytes, 2 * (48 + 5 * 64 + 32 + 70 + 32));
}

// 2 layers, of which the second reads 8 numbers, and 2 directions: 12 gates each.
TEST(RecurrentTest, LayersAndDirections) {
  const LayerEvent event = with(layer("GRU", "gru", {2, 5, 3}, {1, 1}, {2, 5, 8}),
                                "recurrent cell=gru hidden=4 layers=2 directions=2 batch_first");
  expect_work(event, 2 * 10 * (72 + 96 + 68) + 2 * 10 * (192 + 96 + 68),
              2 * (2 * (36 + 5 * 48) + 2 * (96 + 5 * 48) + 10 * 2 * (3 + 4) + 10 * 2 * (8 + 4) + 2 * 2 * 2 * 2 * 4));
  EXPECT_EQ(parameter_count(event), 2 * (12 * (3 + 4) + 12 * (8 + 4)));
}

// One sequence without a batch; the state of 4 goes on as 2 numbers.
TEST(RecurrentTest, AProjection) {
  const LayerEvent event = with(layer("LSTM", "lstm", {5, 3}, {1, 1}, {5, 2}), "recurrent hidden=4 projection=2");
  expect_work(event, 5 * (96 + 2 * (16 * 2 + 4 * 2) + 88), 2 * (48 + 5 * 40 + 5 * (3 + 2) + 2 * (4 + 2)));
  EXPECT_EQ(parameter_count(event), 16 * (3 + 2) + 4 * 2);
}

TEST(RecurrentTest, ACellIsOneStep) {
  const LayerEvent event = layer("RNNCell", "cell", {2, 3}, {1, 1}, {2, 4});
  expect_work(event, 2 * (2 * 4 * 3 + 2 * 4 * 4 + 2 * 4 + 2 * 4), 2 * (12 + 16 + 8 + 2 * 7 + 2 * 2 * 4));
  EXPECT_EQ(parameter_count(event), 4 * 7 + 8) << "by its name: with biases";
  EXPECT_EQ(parameter_count(with(event, "recurrent cell=rnn step")), 4 * 7);
}

TEST(RecurrentTest, ShapesThatMakeNoSense) {
  EXPECT_EQ(error_of([] {
              step_of(with(layer("LSTM", "x", {5, 2, 3}, {1, 1}, {5, 2, 4}), "recurrent hidden=5"));
            }),
            "LSTM 'x' (event 12): output_shape [5, 2, 4]; expected a last size of 5, what the directions give side by "
            "side");
  EXPECT_EQ(error_of([] {
              step_of(layer("LSTM", "x", {3}, {1, 1}, {4}));
            }),
            "LSTM 'x' (event 12): input_shape [3]; expected steps, batch and width");
  EXPECT_EQ(error_of([] {
              step_of(layer("LSTMCell", "x", {5, 2, 3}, {1, 1}, {5, 2, 4}));
            }),
            "LSTMCell 'x' (event 12): input_shape [5, 2, 3]; expected batch and width");
}

// 3 channels in, 6 out, 3 groups: each of 120 input numbers is spread over 2 channels and 9 places.
TEST(TransposedConvolutionTest, CountsPlacesOfTheInput) {
  const LayerEvent event = layer("ConvTranspose2d", "up", {2, 3, 4, 5}, {3, 3}, {2, 6, 9, 11});
  expect_work(with(event, "convolution transposed groups=3"), 2 * 120 * 2 * 9, 2 * (54 + 120 + 1188));
  expect_work(with(event, "convolution transposed groups=3 bias"), 2 * 120 * 2 * 9 + 1188, 2 * (60 + 120 + 1188));
  expect_work(with(event, "convolution transposed groups=3 bias weights=int8"), 2 * 120 * 2 * 9 + 1188,
              54 + 2 * (6 + 120 + 1188));
  expect_work(event, 2 * 120 * 6 * 9, 2 * (3 * 54 + 120 + 1188));
  EXPECT_EQ(parameter_count(event), 3 * 6 * 9);
}

TEST(ConvolutionTest, AlongOneAndThreeSizes) {
  expect_work(layer("Conv1d", "c", {2, 3, 8}, {1, 5}, {2, 4, 4}), 2 * 32 * 15, 2 * (60 + 48 + 32));
  expect_work(layer("Conv3d", "c", {1, 3, 4, 4, 4}, {1, 27}, {1, 2, 2, 2, 2}), 2 * 16 * 81, 2 * (162 + 192 + 16));
  EXPECT_EQ(error_of([] {
              step_of(function("conv2d", "c", {1, 3, 4, 4}, {1, 2, 4, 4}));
            }),
            "conv2d 'c' (event 12): no kernel; expected an op with kernel=PLACES");
}

TEST(ProductTest, OfAllForms) {
  expect_work(function("mv", "x", {6, 4}, {6}), 48, 2 * (24 + 4 + 6));
  expect_work(function("dot", "x", {8}, {1}), 16, 2 * (8 + 8 + 1));
  expect_work(function("outer", "x", {3}, {3, 5}), 30, 2 * (3 + 5 + 15));
  expect_work(function("addmm", "x", {6, 4}, {6, 5}), 240 + 30, 2 * (20 + 5 + 24 + 30));
  expect_work(function("baddbmm", "x", {2, 3, 4}, {2, 3, 5}), 240, 2 * (24 + 40 + 30));
  expect_work(with(function("addbmm", "x", {4, 2, 3}, {2, 5}), "product second=tensor inner=12"), 240,
              2 * (24 + 60 + 10));
  expect_work(with(function("bilinear", "x", {7, 3}, {7, 5}), "product second=implied inner=12 bias"), 840 + 35,
              2 * (60 + 5 + 21 + 35));
  expect_work(function("linear_dynamic", "x", {3, 4}, {3, 10}), 240, 40 + 2 * (12 + 30));
  expect_work(with(layer("Linear", "x", {3, 4}, {4, 10}, {3, 10}), "product bias weights=int8"), 240 + 30,
              40 + 2 * (10 + 12 + 30));
}

TEST(PointwiseTest, GluAndResampling) {
  expect_work(function("glu", "x", {2, 8}, {2, 4}), 8 * 5, 2 * (16 + 8));
  expect_work(function("upsample_bilinear2d", "x", {1, 3, 4, 4}, {1, 3, 8, 8}), 192 * 8, 2 * (48 + 192));
  expect_work(function("upsample_nearest2d", "x", {1, 3, 4, 4}, {1, 3, 8, 8}), 0, 2 * (192 + 192));
  expect_work(with(function("interpolate", "x", {1, 3, 4}, {1, 3, 8}), "pointwise function=resample taps=2"), 24 * 4,
              2 * (12 + 24));
}

TEST(NormTest, InstancesAndResponses) {
  const LayerEvent event = layer("InstanceNorm2d", "n", {2, 3, 4, 4}, {1, 1}, {2, 3, 4, 4});
  expect_work(event, 96 * 7, 2 * (96 + 96));
  expect_work(with(event, "norm kind=instance"), 96 * 7, 2 * (96 + 96 + 6));
  expect_work(with(event, "norm kind=response"), 96 * 7, 2 * (96 + 96));
  expect_work(with(event, "norm kind=layer plain"), 96 * 7, 2 * (96 + 96));
}

TEST(GatherTest, ABagSumsItsRows) {
  const LayerEvent event = with(layer("EmbeddingBag", "b", {2, 5}, {1, 1}, {2, 16}), "gather bag rows=100");
  expect_work(event, 160, 8 * 10 + 2 * (160 + 32));
  EXPECT_EQ(parameter_count(event), 1600);
}

TEST(CountedTest, IsAsItsSourceSays) {
  const LayerEvent event = function("fft_rfft", "f", {4, 8}, {4, 5});
  expect_work(with(event, "counted flop=1000 elements=50 parameters=10"), 1000, 2 * (50 + 10));
  expect_work(with(event, "counted flop=1000"), 1000, 2 * (32 + 20));
  EXPECT_EQ(parameter_count(with(event, "counted flop=1000 parameters=10")), 10);
}

/// Shapes that a call of such an operation may have.
LayerEvent example_of(const std::string& type, const Operation& operation) {
  const bool is_layer = std::isupper(static_cast<unsigned char>(type[0])) != 0;
  Shape shape{2, 4, 4};
  Shape weight{4, 4};
  if (const auto* convolution = as<operation::Convolution>(operation)) {
    for (std::int64_t i = 1; i < convolution->dimensions; ++i) shape.push_back(4);
    weight = {1, 3};
  }
  if (as<operation::Attention>(operation) != nullptr) shape = {1, 2, 4, 4};
  const auto* recurrent = as<operation::Recurrent>(operation);
  if (recurrent != nullptr && recurrent->is_step) shape = {2, 4};
  LayerEvent event =
      is_layer ? layer(type.c_str(), "x", shape, weight, shape) : function(type.c_str(), "x", shape, shape);
  const auto* convolution = as<operation::Convolution>(operation);
  if (convolution != nullptr && !is_layer) {
    operation::Convolution told = *convolution;
    told.kernel = 3;
    event.operation = &keep(told);
  }
  return event;
}

// Whatever is recognised has a cost: a function that moves nothing and computes nothing is one that does nothing.
TEST(RecognisedTypes, HaveACost) {
  const RooflineModel model{options()};
  for (const std::string& type : recognised_types()) {
    LayerEvent named;
    named.type = Name(type);
    const Operation& operation = operation_of(named);
    const LayerEvent event = example_of(type, operation);
    EXPECT_TRUE(model.has_rule(event)) << type;
    const Demand demand = model.cost(event, plain_device(), prefill_state);
    if (as<operation::Nothing>(operation) != nullptr) {
      EXPECT_EQ(demand.size(), 0U) << type;
      continue;
    }
    ASSERT_EQ(demand.size(), 1U) << type;
    EXPECT_GT(demand[0].memory_bytes + demand[0].kv_bytes, 0) << type;
    const bool only_moves = as<operation::Movement>(operation) != nullptr ||
                            (as<operation::Gather>(operation) != nullptr && !as<operation::Gather>(operation)->is_bag &&
                             as<operation::Gather>(operation)->kind != operation::Gather::Kind::Rotary);
    EXPECT_EQ(demand[0].flop > 0, !only_moves) << type;
  }
}

}  // namespace upmem_des::test
