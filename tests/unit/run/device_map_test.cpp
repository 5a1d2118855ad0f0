#include "run/device_map.hpp"

#include <gtest/gtest.h>

#include "scenario_text.hpp"
#include "support/fixed_cost.hpp"
#include "upmem_des/trace/layer_event.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

using Devices = std::vector<DeviceIndex>;

class DeviceMapTest : public testing::Test {
 protected:
  DeviceMapTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  Mapping map(const std::string& text, TransferRules rules = TransferRules::ByValues) {
    warnings_.clear();
    const FixedCost model([](const LayerEvent&, const Architecture&, const CostState&) { return Demand(); }, rules);
    return build_mapping(text_.read(text), small_platform(), model,
                         [this](const std::string& warning) { warnings_.push_back(text_.shortened(warning)); });
  }

  std::string error(const std::string& text, TransferRules rules = TransferRules::ByValues) {
    return text_.shortened(input_error([&] { map(text, rules); }));
  }

  ScenarioText text_;
  std::vector<std::string> warnings_;
};

LayerEvent event(const char* name, std::vector<std::int64_t> experts = {}) {
  LayerEvent event;
  event.name = Name(name);
  event.experts = std::move(experts);
  return event;
}

}  // namespace

TEST_F(DeviceMapTest, EveryKindOfLine) {
  const Mapping mapping = map(R"(mapping:
  default: dimm
  named: dimm[3],tm
  half: {devices: "gpu[1]+dimm[0..1]", split: replicas}
  spread: {devices: gpu, split: experts, flags: t}
  experts: dimm[1..2]
  layers:
    0..7: gpu[0]
    8..15: {devices: gpu, split: tensor}
  decode:
    default: npu
    named: HOST
    experts: {devices: gpu, split: tensor}
    layers: {3: PIM-AI-1chip}
moe: {end: w2, experts_per_token: 2}
)");
  const auto find = [&](const LayerEvent& of, Phase phase = Phase::Prefill, std::optional<std::int64_t> layer = {}) {
    return *mapping.find(of, phase, layer).target;
  };
  EXPECT_EQ(find(event("other")).devices, (Devices{1, 2, 3, 4}));
  EXPECT_EQ(find(event("other")).split, Split::Tensor) << "where no split is given";
  EXPECT_FALSE(find(event("other")).transfer_point);
  EXPECT_EQ(find(event("named")).devices, Devices{4});
  EXPECT_TRUE(find(event("named")).transfer_point);
  EXPECT_TRUE(find(event("named")).shared_input);
  EXPECT_EQ(find(event("half")).devices, (Devices{6, 1, 2})) << "in the order of the text";
  EXPECT_EQ(find(event("half")).split, Split::Replicas);
  EXPECT_EQ(find(event("spread")).split, Split::Experts);
  EXPECT_TRUE(find(event("spread")).transfer_point);
  EXPECT_FALSE(find(event("spread")).shared_input);
  EXPECT_EQ(find(event("w1", {5})).devices, (Devices{2, 3}));
  EXPECT_EQ(find(event("w1", {5})).split, Split::Experts) << "experts are spread where no split is given";
  EXPECT_EQ(find(event("other"), Phase::Prefill, 7).devices, Devices{5});
  EXPECT_EQ(find(event("other"), Phase::Prefill, 8).devices, (Devices{5, 6}));
  EXPECT_EQ(find(event("other"), Phase::Prefill, 16).devices, (Devices{1, 2, 3, 4}));
  EXPECT_EQ(find(event("other"), Phase::Decode).devices, Devices{7});
  EXPECT_EQ(find(event("named"), Phase::Decode).devices, Devices{0});
  EXPECT_EQ(find(event("w1", {5}), Phase::Decode).split, Split::Tensor);
  EXPECT_EQ(find(event("other"), Phase::Decode, 3).devices, (Devices{1, 2, 3, 4})) << "by architecture";
  EXPECT_TRUE(warnings_.empty());
}

TEST_F(DeviceMapTest, DevicesAreThoseOfThePlatform) {
  EXPECT_EQ(error("mapping:\n  default: dimms\n"),
            "F:2: mapping.default: unknown device 'dimms'; expected one of HOST, dimm, gpu, npu; did you mean 'dimm'?");
  EXPECT_EQ(error("mapping:\n  experts: dimm[4]\n"),
            "F:2: mapping.experts: 'dimm[4]': the group has 4 devices; expected 0 to 3");
  EXPECT_EQ(error("mapping:\n  decode:\n    layers:\n      0..3: gpu[0..2]\n"),
            "F:4: mapping.decode.layers.0..3: 'gpu[0..2]': the group has 2 devices; expected 0 to 1");
  EXPECT_EQ(error("mapping:\n  q_proj: {devices: dimm, replicas: 3}\n"),
            "F:2: mapping.q_proj.replicas: 3 do not divide the 4 devices of 'dimm'; expected a divisor");
  EXPECT_EQ(error("mapping:\n  q_proj: {devices: 'dimm[0..1]', split: replicas, context: 3}\n"),
            "F:2: mapping.q_proj.context: 3 that share sequences do not divide 2 that share rows; expected a divisor");
  EXPECT_EQ(error("mapping:\n  q_proj: {devices: dimm, replicas: 4, sequence_parallel: true}\n"),
            "F:2: mapping.q_proj.sequence_parallel: true of devices that share no columns; expected split: tensor over "
            "two devices or more, or false");
  EXPECT_EQ(error("mapping:\n  experts: {devices: dimm, sequence_parallel: true}\n"),
            "F:2: mapping.experts.sequence_parallel: true of what is split by experts; expected split: tensor over two "
            "devices or more, or false");
  EXPECT_EQ(
      error("offload: {kv_cache: HOST}\nmapping:\n  default: {devices: dimm, replicas: 4, context: 2}\n"),
      "F:3: mapping.default.context: sequences that several devices share, with offload.kv_cache; expected one of "
      "them");
  EXPECT_EQ(error("mapping:\n  experts: {devices: dimm, groups: 3}\n"),
            "F:2: mapping.experts.groups: 3 do not divide the 4 devices of 'dimm'; expected a divisor");
  EXPECT_EQ(error("mapping:\n  w1: {devices: dimm, groups: 2}\n"),
            "F:2: mapping.w1.groups: groups of what is not split by experts; expected split: experts");
  EXPECT_EQ(error("mapping:\n  experts: {devices: dimm, replicas: 2}\n"),
            "F:2: mapping.experts.replicas: 2 of what is split by experts; expected split: tensor");
  EXPECT_EQ(error("mapping:\n  q_proj: {devices: dimm, shares: [1, 2, 3]}\n"),
            "F:2: mapping.q_proj.shares: 3 for the 4 devices of 'dimm'; expected 4");
  EXPECT_EQ(error("mapping:\n  q_proj: {devices: dimm, replicas: 2, shares: [1, 2, 3]}\n"),
            "F:2: mapping.q_proj.shares: 3 for the 4 devices of 'dimm'; expected 2, for the devices of every group, or "
            "4");
  EXPECT_EQ(error("mapping:\n  experts: {devices: dimm, shares: by_rate}\n"),
            "F:2: mapping.experts.shares: shares of experts, which are whole; expected split: tensor or replicas");
  EXPECT_EQ(error("mapping: {norm: H100}\n"),
            "F:1: mapping.norm: 'H100' is the architecture of several groups; expected one of gpu, npu");
}

TEST_F(DeviceMapTest, Flags) {
  const std::string known = "expected t (transfer point), m (mixture-of-experts transfer point) or both";
  const std::string known_after =
      "expected DEVICE,flags with t (transfer point), m (mixture-of-experts transfer point) "
      "or both";
  const std::string no_moe =
      "flag m without a section moe: its input is sent once in the whole run; expected moe: {end: …, "
      "experts_per_token: …}";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"mapping: {a: 'dimm[0],x'}\n", "F:1: mapping.a: unknown flag 'x'; " + known},
      {"mapping: {a: {devices: npu, flags: tx}}\n", "F:1: mapping.a: unknown flag 'x'; " + known},
      {"mapping: {a: 'npu,t,m'}\n", "F:1: mapping.a: 'm' after a second comma; " + known_after},
      {"mapping: {a: {devices: npu, flags: 't,m'}}\n", "F:1: mapping.a: 'm' after a second comma; " + known_after},
      {"mapping: {a: 'npu,m'}\n", "F:1: mapping.a: " + no_moe},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(error(text), message);
    EXPECT_EQ(error(text, TransferRules::Published), "no error");
    EXPECT_EQ(warnings_, std::vector<std::string>{message});
  }
  for (const std::string section : {"experts: 'npu,x'", "layers: {0..3: 'npu,x'}", "prefill: {a: 'npu,x'}"})
    EXPECT_NE(error("mapping: {" + section + "}\n").find("unknown flag 'x'; " + known), std::string::npos) << section;
}

TEST_F(DeviceMapTest, ThePublishedRulesKnowOneDeviceALayer) {
  const std::string instead = " does not go with cost model fixed; expected names and types, or cost_model: roofline";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"mapping:\n  default: dimm\n",
       "F:2: mapping.default: 'dimm' is 4 devices, which does not go with cost model fixed; expected one device, or "
       "cost_model: roofline"},
      {"mapping:\n  norm: npu\n  q: dimm[0]+gpu[0]\n",
       "F:3: mapping.q: 'dimm[0]+gpu[0]' is 2 devices, which does not go with cost model fixed; expected one device, "
       "or "
       "cost_model: roofline"},
      {"mapping:\n  experts: npu\n", "F:2: mapping.experts: a mapping of experts" + instead},
      {"mapping:\n  layers:\n    0..3: npu\n", "F:3: mapping.layers.0..3: a mapping of layer ranges" + instead},
      {"mapping:\n  prefill:\n    default: npu\n", "F:3: mapping.prefill.default: a mapping of one phase" + instead},
      {"mapping:\n  decode:\n    norm: npu\n", "F:3: mapping.decode.norm: a mapping of one phase" + instead},
      {"simulation:\n  schedule: dataflow\n",
       "F:2: simulation.schedule: dataflow does not go with cost model fixed; expected sequential, or cost_model: "
       "roofline"},
  };
  for (const auto& [text, message] : cases) {
    EXPECT_EQ(error(text, TransferRules::Published), message);
    EXPECT_EQ(error(text), "no error") << text;
  }
  EXPECT_EQ(2U, map("mapping: {default: npu, q: 'dimm[2],t', prefill: {}, layers: {}}\n", TransferRules::Published)
                    .devices()
                    .size());
}

TEST_F(DeviceMapTest, ASplitThatAProgramMisspelt) {
  Scenario scenario = text_.read("mapping: {norm: dimm}\n");
  scenario.mapping.lines[0].split = "tensors";
  const FixedCost model([](const LayerEvent&, const Architecture&, const CostState&) { return Demand(); });
  EXPECT_EQ(text_.shortened(input_error([&] { build_mapping(scenario, small_platform(), model, {}); })),
            "F:1: mapping.norm: unknown split 'tensors'; expected one of tensor, experts, replicas; did you mean "
            "'tensor'?");
}
