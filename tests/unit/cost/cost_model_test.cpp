#include "upmem_des/cost/cost_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cost/roofline_model.hpp"
#include "unit/cost/events.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des::test {

namespace {

using testing::ElementsAre;

/// Every event takes a second.
class ClockModel : public CostModel {
 public:
  std::string name() const override { return "clock"; }
  Demand cost(const LayerEvent&, const Architecture&, const CostState&) const override {
    Step step;
    step.overhead_s = 1;
    return Demand(step);
  }
  double input_bytes(const LayerEvent&) const override { return 0; }
  DeviceRatings ratings(const Architecture&) const override { return {}; }
};

TEST(CostModels, BuiltInOnesAreThere) {
  EXPECT_THAT(cost_model_names(), ElementsAre("reference", "roofline"));
  EXPECT_EQ(make_cost_model("reference", options())->name(), "reference");
  EXPECT_EQ(make_cost_model("roofline", options())->name(), "roofline");
}

TEST(CostModels, UnknownNameIsAnError) {
  EXPECT_EQ(error_of([] { make_cost_model("roofine", options()); }),
            "unknown cost model 'roofine'; expected one of reference, roofline; did you mean 'roofline'?");
  EXPECT_EQ(error_of([] { make_cost_model("x", options()); }),
            "unknown cost model 'x'; expected one of reference, roofline");
}

TEST(CostModels, AModelCanBeAddedAndReplaced) {
  register_cost_model("clock", [](const CostOptions&) { return std::make_unique<ClockModel>(); });
  EXPECT_THAT(cost_model_names(), ElementsAre("clock", "reference", "roofline"));
  const auto model = make_cost_model("clock", options());
  EXPECT_EQ(model->cost(function("anything", "x", {1}, {1}), plain_device(), prefill_state).time_s(), 1);
  EXPECT_EQ(model->transfer_rules(), TransferRules::ByValues);
  EXPECT_TRUE(model->uses_trace_attention_shape());
  EXPECT_EQ(model->host_profile(plain_device()).flops_per_s, 2e12);

  register_cost_model("roofline", [](const CostOptions&) { return std::make_unique<ClockModel>(); });
  EXPECT_EQ(make_cost_model("roofline", options())->name(), "clock");
  // Back again, for tests that run in the same process.
  register_cost_model("roofline", [](const CostOptions& all) { return std::make_unique<RooflineModel>(all); });
}

TEST(CostModels, RegistrationNeedsNameAndFactory) {
  EXPECT_EQ(error_of([] { register_cost_model("", {}); }), "a cost model without a name; expected a text");
  EXPECT_EQ(error_of([] { register_cost_model("x", {}); }), "cost model 'x' without a factory; expected a function");
}

TEST(CostModels, OptionsBelowOneAreErrors) {
  CostOptions no_heads = options();
  no_heads.num_key_value_heads = 0;
  CostOptions no_window = options();
  no_window.sliding_window = -1;
  for (const char* name : {"reference", "roofline"}) {
    EXPECT_EQ(error_of([&] { make_cost_model(name, no_heads); }), "num_key_value_heads: 0; expected 1 or more");
    EXPECT_EQ(error_of([&] { make_cost_model(name, no_window); }), "sliding_window: -1; expected 1 or more");
  }
}

}  // namespace

}  // namespace upmem_des::test
