#include "cost/roofline_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "cost/reference_model.hpp"
#include "unit/cost/device_csv.hpp"
#include "unit/cost/events.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des::test {

namespace {

using testing::HasSubstr;

const LayerEvent& linear() {  // 240 flop, 164 bytes
  static const LayerEvent event = layer("Linear", "q_proj", {1, 3, 4}, {4, 10}, {1, 3, 10});
  return event;
}

TEST(Roofline, EfficienciesAndOverheadLengthenTimesNotEnergies) {
  Architecture device = plain_device();
  device.compute_efficiency = 0.5;
  device.memory_efficiency = 0.25;
  device.launch_overhead_s = 1e-6;
  const RooflineModel model(options());
  const Step step = model.cost(linear(), device, prefill_state)[0];
  EXPECT_DOUBLE_EQ(step.compute.time_s, 240 / 1e12);
  EXPECT_DOUBLE_EQ(step.memory.time_s, 164 / 25e9);
  EXPECT_DOUBLE_EQ(step.compute.energy_J, 240 * 0.5e-12);
  EXPECT_DOUBLE_EQ(step.memory.energy_J, 164 * 10e-12);
  EXPECT_DOUBLE_EQ(step.overhead_s, 1e-6);
  EXPECT_DOUBLE_EQ(step.time_s(), 1e-6 + 164 / 25e9);
  const Step cached =
      model.cost(function("scaled_dot_product_attention", "x", {1, 1, 6, 8}, {1, 1, 1, 8}), device, prefill_state)[0];
  EXPECT_DOUBLE_EQ(cached.kv.time_s, 192 / 25e9);
}

TEST(Roofline, PhaseAndCachedTokensDoNotMatter) {
  const RooflineModel model(options());
  const LayerEvent event = function("matmul", "attn_weights", {1, 2, 1, 8}, {1, 2, 1, 6});
  EXPECT_EQ(model.cost(event, plain_device(), prefill_state).time_s(),
            model.cost(event, plain_device(), decode_state(100)).time_s());
}

TEST(Roofline, InputBytes) {
  const RooflineModel model(options(NumberFormat::int8));
  EXPECT_DOUBLE_EQ(model.input_bytes(layer("Linear", "x", {5, 2, 3, 4, 5}, {5, 5}, {5, 2, 3, 4, 5})), 600);
  EXPECT_DOUBLE_EQ(model.input_bytes(layer("Linear", "x", {0, 5}, {5, 5}, {0, 5})), 0);
  EXPECT_DOUBLE_EQ(model.input_bytes(layer("Embedding", "x", {1, 6}, {1, 1}, {1, 6, 16})), 48);
  EXPECT_DOUBLE_EQ(RooflineModel(options(NumberFormat::int4)).input_bytes(linear()), 6);
}

TEST(Roofline, Ratings) {
  const RooflineModel model(options(NumberFormat::int4));
  const DeviceRatings ratings = model.ratings(vector_device());
  EXPECT_DOUBLE_EQ(ratings.flops_per_s, 8e12);
  EXPECT_DOUBLE_EQ(ratings.arithmetic_W, 4);
  // Softmax 5 / 0.1 ns, norms with a gate 10 / 0.4 ns, clamped SwiGLU 11 / 0.2 ns: 55 Gflop/s * 0.5 pJ.
  EXPECT_DOUBLE_EQ(ratings.vector_W, 11 * 0.5e-12 / 0.2e-9);
  EXPECT_DOUBLE_EQ(ratings.memory_Bps, 100e9);
  EXPECT_DOUBLE_EQ(ratings.memory_W, 1);
  EXPECT_EQ(model.ratings(plain_device()).vector_W, 0);
}

TEST(Roofline, UnknownOperatorNamesTheNearest) {
  const RooflineModel model(options());
  const std::string error = error_of([&] {
    model.cost(layer("Lineer", "foo", {1}, {1, 1}, {1}), plain_device(), prefill_state);
  });
  EXPECT_EQ(error,
            "no rule for operator 'Lineer' (event 12, 'foo'); expected one that docs/models.md lists, or that "
            "register_operator() has added; did you mean 'Linear'?");
  EXPECT_EQ(error_of([&] { model.cost(function("Zzzzzzzzzzzzz", "foo", {0}, {0}), plain_device(), prefill_state); }),
            "no rule for operator 'Zzzzzzzzzzzzz' (event 12, 'foo'); expected one that docs/models.md lists, or that "
            "register_operator() has added");  // of an empty event too
}

TEST(Roofline, OperatorsCanBeAddedAndReplaced) {
  const RooflineModel before(options());
  register_operator("Doubler", [](const OperatorCall& call) {
    OperatorWork work;
    work.flop = call.event.input_shape.elements();
    work.memory_bytes = call.element_bytes * 2 * call.event.input_shape.elements();
    return work;
  });
  const LayerEvent event = layer("Doubler", "x", {2, 5}, {1, 1}, {2, 5});
  const Step step = RooflineModel(options()).cost(event, plain_device(), prefill_state)[0];
  EXPECT_DOUBLE_EQ(step.flop, 10);
  EXPECT_DOUBLE_EQ(step.memory_bytes, 40);
  EXPECT_THAT(error_of([&] { before.cost(event, plain_device(), prefill_state); }), HasSubstr("no rule for operator"));

  // One that has the time of a softmax, and more flop than any other: the rating follows.
  register_operator("Doubler", Operator(ElementClass::Softmax, 100, [](const OperatorCall& call) {
                      OperatorWork work;
                      work.elements = call.event.input_shape.elements();
                      return work;
                    }));
  const RooflineModel after(options());
  const Step vector = after.cost(event, vector_device(), prefill_state)[0];
  EXPECT_EQ(vector.unit, ComputeUnit::Vector);
  EXPECT_DOUBLE_EQ(vector.compute.time_s, 10 * 0.1e-9);
  EXPECT_DOUBLE_EQ(vector.compute.energy_J, 1000 * 0.5e-12);
  EXPECT_DOUBLE_EQ(after.ratings(vector_device()).vector_W, 100 * 0.5e-12 / 0.1e-9);
}

TEST(Roofline, RegistrationNeedsTypeRuleAndFlop) {
  const OperatorCost nothing = [](const OperatorCall&) { return OperatorWork(); };
  EXPECT_EQ(error_of([&] { register_operator("", nothing); }),
            "an operator without a type; expected the name of a layer or function");
  EXPECT_EQ(error_of([] { register_operator("X", OperatorCost()); }),
            "operator 'X' without a rule; expected a function");
  EXPECT_EQ(error_of([&] { register_operator("X", Operator(ElementClass::Norm, 0, nothing)); }),
            "operator 'X' with a time per element and no flop per element; expected some");
}

// ---- No step asks for more than the ratings, or SimGrid would be asked for more than all.

class Sizes {
 public:
  std::int64_t next() { return std::uniform_int_distribution<std::int64_t>(0, 40)(generator_); }
  std::int64_t positive() { return 1 + next(); }

 private:
  std::mt19937 generator_{20261122};
};

std::vector<LayerEvent> random_events(Sizes& sizes) {
  const std::int64_t b = sizes.positive(), h = sizes.positive(), q = sizes.next(), d = sizes.positive();
  const std::int64_t kv = q + sizes.next(), wide = sizes.positive() * 100;
  const Shape tokens{b, q, d};
  std::vector<LayerEvent> events{layer("Linear", "x", tokens, {d, wide}, {b, q, wide}),
                                 layer("Embedding", "x", {b, q}, {1, 1}, tokens),
                                 layer("LlamaRotaryEmbedding", "x", tokens, {1, 1}, tokens),
                                 function("scaled_dot_product_attention", "attn_output", {b, h, kv, d}, {b, h, q, d}),
                                 function("matmul", "attn_weights", {b, h, q, d}, {b, h, q, kv}),
                                 function("softmax", "attn_weights", {b, h, q, kv}, {b, h, q, kv}),
                                 function("matmul", "attn_output", {b, h, q, kv}, {b, h, q, d}),
                                 function("softmax", "probs", tokens, tokens),
                                 layer("LlamaRMSNorm", "x", tokens, {d, d}, tokens)};
  for (const char* type : {"LayerNorm", "SiLUActivation", "NewGELUActivation"})
    events.push_back(layer(type, "x", tokens, {1, 1}, tokens));
  return events;
}

void expect_within_ratings(const CostModel& model, const Architecture& device, const LayerEvent& event,
                           const CostState& state) {
  const DeviceRatings ratings = model.ratings(device);
  constexpr double rounding = 1 + 1e-12;
  for (const Step& step : model.cost(event, device, state)) {
    const double compute_W = step.unit == ComputeUnit::Vector ? ratings.vector_W : ratings.arithmetic_W;
    EXPECT_LE(step.compute.energy_J, compute_W * step.compute.time_s * rounding) << event.type.str() << device.name;
    EXPECT_LE(step.memory.energy_J, ratings.memory_W * step.memory.time_s * rounding) << event.type.str();
    EXPECT_LE(step.kv.energy_J, ratings.memory_W * step.kv.time_s * rounding) << event.type.str();
    EXPECT_LE(step.flop, ratings.flops_per_s * step.compute.time_s * rounding +
                             (step.unit == ComputeUnit::Vector ? step.flop : 0));
    EXPECT_GE(step.compute.time_s, 0);
    EXPECT_GE(step.memory_bytes, 0);
    EXPECT_GE(step.kv_bytes, 0);
  }
}

TEST(CostProperties, NoStepPassesTheRatings) {
  auto devices = read_device_csv(std::string(TEST_DATA_DIR) + "/devices.csv");
  devices["plain"] = plain_device();
  devices["slow"] = vector_device();
  devices["slow"].compute_efficiency = 0.3;
  devices["slow"].memory_efficiency = 0.6;
  Sizes sizes;
  for (int round = 0; round < 40; ++round) {
    CostOptions all = options(round % 2 == 0 ? NumberFormat::bfloat16 : NumberFormat::int4);
    if (round % 3 == 0) all.sliding_window = sizes.positive();
    const ReferenceModel reference(all);
    const RooflineModel roofline(all);
    for (const LayerEvent& event : random_events(sizes))
      for (const auto& [name, device] : devices) {
        expect_within_ratings(roofline, device, event, prefill_state);
        expect_within_ratings(reference, device, event, prefill_state);
        expect_within_ratings(reference, device, event, decode_state(7));
      }
  }
}

}  // namespace

TEST(RooflineModelTest, UnknownOperatorsByChoice) {
  const LayerEvent event = layer("Zzzzzzzzzzzzz", "foo", {2, 3}, {1, 1}, {2, 5});
  CostOptions all = options();
  EXPECT_FALSE(RooflineModel(all).has_rule(event));
  EXPECT_TRUE(RooflineModel(all).has_rule(layer("Linear", "x", {2, 3}, {3, 5}, {2, 5})));
  all.unknown_operators = UnknownOperators::Memory;
  const Demand read = RooflineModel(all).cost(event, plain_device(), prefill_state);
  ASSERT_EQ(read.size(), 1U);
  EXPECT_EQ(read[0].memory_bytes, 2 * (6 + 10));
  EXPECT_EQ(read[0].flop, 0);
  all.unknown_operators = UnknownOperators::Skip;
  EXPECT_EQ(RooflineModel(all).cost(event, plain_device(), prefill_state).size(), 0U);
}

}  // namespace upmem_des::test
