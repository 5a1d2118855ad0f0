#include <gtest/gtest.h>

#include <map>

#include "cost/roofline_model.hpp"
#include "unit/cost/events.hpp"

namespace upmem_des::test {

namespace {

Step step_of(const LayerEvent& event, const Architecture& device) {
  const Demand demand = RooflineModel(options()).cost(event, device, prefill_state);
  EXPECT_EQ(demand.size(), 1U) << event.type.str();
  return demand.size() == 1 ? demand[0] : Step();
}

/// 2 * 3 * 8 = 48 elements.
LayerEvent on_48(const char* type) {
  return layer(type, "x", {2, 3, 8}, {1, 1}, {2, 3, 8});
}

struct Expected {
  double flop_per_element;
  double parameters;
  double s_per_element;  // on vector_device(); 0: arithmetic there too
};

const std::map<const char*, Expected>& expected_types() {
  static const std::map<const char*, Expected> types{{"softmax", {5, 0, 0.1e-9}},
                                                     {"Softmax", {5, 0, 0.1e-9}},
                                                     {"LogSoftmax", {5, 0, 0.1e-9}},
                                                     {"RMSNorm", {4, 8, 0.4e-9}},
                                                     {"LlamaRMSNorm", {4, 8, 0.4e-9}},
                                                     {"MistralRMSNorm", {4, 8, 0.4e-9}},
                                                     {"MixtralRMSNorm", {4, 8, 0.4e-9}},
                                                     {"LayerNorm", {7, 2 * 8, 0.4e-9}},
                                                     {"GroupNorm", {7, 2 * 3, 0}},
                                                     {"BatchNorm2d", {2, 4 * 3, 0}},
                                                     {"SiLU", {5, 0, 0.2e-9}},
                                                     {"SiLUActivation", {5, 0, 0.2e-9}},
                                                     {"silu", {5, 0, 0.2e-9}},
                                                     {"GELU", {5, 0, 0.2e-9}},
                                                     {"GELUActivation", {5, 0, 0.2e-9}},
                                                     {"NewGELUActivation", {9, 0, 0.2e-9}},
                                                     {"gelu", {5, 0, 0.2e-9}},
                                                     {"QuickGELUActivation", {6, 0, 0.2e-9}},
                                                     {"ReLU", {1, 0, 0}},
                                                     {"relu", {1, 0, 0}},
                                                     {"ReLU6", {2, 0, 0}},
                                                     {"Sigmoid", {4, 0, 0}},
                                                     {"Tanh", {1, 0, 0}},
                                                     {"add", {1, 48, 0}},  // the second operand
                                                     {"mul", {1, 48, 0}}};
  return types;
}

TEST(RooflineElementwise, WithoutTimesPerElementTheRooflineHolds) {
  for (const auto& [type, expected] : expected_types()) {
    const Step step = step_of(on_48(type), plain_device());
    EXPECT_EQ(step.unit, ComputeUnit::Arithmetic) << type;
    EXPECT_DOUBLE_EQ(step.flop, 48 * expected.flop_per_element) << type;
    EXPECT_DOUBLE_EQ(step.compute.time_s, 48 * expected.flop_per_element / 2e12) << type;
    EXPECT_DOUBLE_EQ(step.memory_bytes, 2 * (48 + 48 + expected.parameters)) << type;
  }
}

TEST(RooflineElementwise, WithTimesPerElementTheVectorUnitTakesThem) {
  for (const auto& [type, expected] : expected_types()) {
    const Step step = step_of(on_48(type), vector_device());
    const bool vector = expected.s_per_element > 0;
    EXPECT_EQ(step.unit, vector ? ComputeUnit::Vector : ComputeUnit::Arithmetic) << type;
    if (vector) {
      EXPECT_DOUBLE_EQ(step.compute.time_s, 48 * expected.s_per_element) << type;
    }
    EXPECT_DOUBLE_EQ(step.compute.energy_J, 48 * expected.flop_per_element * 0.5e-12) << type;
    EXPECT_DOUBLE_EQ(step.memory_bytes, 2 * (48 + 48 + expected.parameters)) << type;
  }
}

TEST(RooflineElementwise, EfficienciesDoNotApplyToTimesPerElement) {
  Architecture device = vector_device();
  device.compute_efficiency = 0.5;
  EXPECT_DOUBLE_EQ(step_of(on_48("softmax"), device).compute.time_s, 48 * 0.1e-9);
  EXPECT_DOUBLE_EQ(step_of(on_48("ReLU"), device).compute.time_s, 48 / 1e12);
}

TEST(RooflineElementwise, MemoryStreamsBesideTheVectorUnit) {
  // 192 bytes in 1.92 ns; softmax of 48 elements in 4.8 ns.
  EXPECT_DOUBLE_EQ(step_of(on_48("softmax"), vector_device()).time_s(), 4.8e-9);
}

}  // namespace

}  // namespace upmem_des::test
