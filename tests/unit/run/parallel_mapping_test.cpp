/// Axes of parallelism, laid over devices.
#include "run/parallel_mapping.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>

#include "run/device_map.hpp"
#include "run/mesh.hpp"
#include "scenario_text.hpp"
#include "support/fixed_cost.hpp"
#include "upmem_des/trace/layer_event.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using ::testing::ElementsAre;

namespace {

/// HOST and gpu[0] to gpu[7]: indices 1 to 8.
PlatformSpec eight() {
  PlatformSpec platform;
  platform.groups = {{"gpu", "H100", 1, 8}};
  platform.devices.resize(9);
  for (std::size_t i = 0; i < platform.devices.size(); ++i) {
    platform.devices[i].name = i == 0 ? "HOST" : "gpu[" + std::to_string(i - 1) + "]";
    platform.devices[i].architecture.memory.bandwidth_Bps = static_cast<double>(i);
  }
  return platform;
}

class ParallelTest : public testing::Test {
 protected:
  ParallelTest() {
    ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
    facts_.decoder_layers = 10;
    facts_.first_names = {"embed_tokens"};
  }

  /// With a platform where `parallel` is read; `text` is what stands in its braces.
  Scenario read(const std::string& text) { return text_.read("platform: gpu_server.yaml\nparallel: {" + text + "}\n"); }
  Mapping map(const Scenario& scenario) {
    const FixedCost model([](const LayerEvent&, const Architecture&, const CostState&) { return Demand(); });
    return build_mapping(laid_out(scenario, platform_, facts_), platform_, model, [](const std::string&) {});
  }
  std::string error(const std::string& text) {
    return text_.shortened(input_error([&] { map(read(text)); }));
  }

  ScenarioText text_;
  PlatformSpec platform_ = eight();
  WorkloadFacts facts_;
};

LayerEvent named(const char* name, std::vector<std::int64_t> experts = {}) {
  LayerEvent event;
  event.name = Name(name);
  event.experts = std::move(experts);
  return event;
}

}  // namespace

TEST(Mesh, TheFirstAxisIsTheInnermost) {
  const Mesh mesh({{"tp", 2}, {"dp", 3}, {"pp", 4}});
  EXPECT_EQ(24U, mesh.size());
  EXPECT_EQ(3U, mesh.size("dp"));
  EXPECT_EQ(1U, mesh.size("cp"));
  // 17 = 1 + 2 · (2 + 3 · 2)
  EXPECT_EQ(1U, mesh.coordinate(17, "tp"));
  EXPECT_EQ(2U, mesh.coordinate(17, "dp"));
  EXPECT_EQ(2U, mesh.coordinate(17, "pp"));
  EXPECT_EQ(0U, mesh.coordinate(17, "cp"));
}

TEST(Stages, HaveAsManyLayersOrOneMoreBeforeTheLast) {
  EXPECT_THAT(layers_of_stages(8, 4), ElementsAre(2, 2, 2, 2));
  EXPECT_THAT(layers_of_stages(9, 4), ElementsAre(2, 2, 3, 2));
  EXPECT_THAT(layers_of_stages(11, 4), ElementsAre(3, 3, 3, 2));
  EXPECT_THAT(layers_of_stages(3, 1), ElementsAre(3));
  for (std::int64_t layers = 1; layers < 40; ++layers)
    for (std::int64_t stages = 1; stages <= layers; ++stages) {
      const std::vector<std::int64_t> counts = layers_of_stages(layers, stages);
      ASSERT_EQ(layers, std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
      ASSERT_LE(*std::max_element(counts.begin(), counts.end()) - *std::min_element(counts.begin(), counts.end()), 1);
    }
}

TEST_F(ParallelTest, OneAxisIsASplit) {
  const Mapping tensor = map(read("tp: 8"));
  const MapTarget* target = tensor.find(named("q_proj"), Phase::Decode, 3).target;
  EXPECT_THAT(target->devices, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_EQ(Split::Tensor, target->split);
  EXPECT_FALSE(target->is_grid());
  EXPECT_EQ(Split::Replicas, map(read("dp: 8")).find(named("q_proj")).target->split);
}

TEST_F(ParallelTest, DevicesOfAStageAreInGroups) {
  const Mapping mapping = map(read("tp: 2, dp: 2, pp: 2"));
  // Layers 0 to 4 and 5 to 9.
  EXPECT_THAT(mapping.find(named("q_proj"), Phase::Decode, 4).target->devices, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(mapping.find(named("q_proj"), Phase::Decode, 5).target->devices, ElementsAre(5, 6, 7, 8));
  EXPECT_EQ(2U, mapping.find(named("q_proj"), Phase::Decode, 5).target->replicas);
  EXPECT_THAT(mapping.find(named("embed_tokens")).target->devices, ElementsAre(1, 2, 3, 4));
  EXPECT_EQ(nullptr, mapping.find(named("norm")).target) << "it stays where its input is";
}

TEST_F(ParallelTest, ContextIsAGroupOfReplicas) {
  const Mapping both = map(read("tp: 2, cp: 2, dp: 2, sequence_parallel: true"));
  const MapTarget* target = both.find(named("q_proj")).target;
  EXPECT_THAT(target->devices, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_EQ(4U, target->replicas);
  EXPECT_EQ(2U, target->context);
  EXPECT_TRUE(target->sequence_parallel);
  EXPECT_THAT(target->context_columns(),
              ElementsAre(ElementsAre(0, 2), ElementsAre(1, 3), ElementsAre(4, 6), ElementsAre(5, 7)));
  const Mapping alone = map(read("cp: 8"));
  EXPECT_EQ(Split::Replicas, alone.find(named("q_proj")).target->split);
  EXPECT_EQ(8U, alone.find(named("q_proj")).target->context);
}

TEST_F(ParallelTest, AnotherOrderPutsNeighboursOnAnotherAxis) {
  const Mapping mapping = map(read("tp: 2, dp: 2, pp: 2, order: [pp, tp, dp]"));
  EXPECT_THAT(mapping.find(named("q_proj"), Phase::Decode, 0).target->devices, ElementsAre(1, 3, 5, 7));
  const Mapping rows_first = map(read("tp: 4, dp: 2, order: [dp, tp, pp]"));
  EXPECT_THAT(rows_first.find(named("q_proj")).target->devices, ElementsAre(1, 3, 5, 7, 2, 4, 6, 8));
}

TEST_F(ParallelTest, ExpertsAreOverAllDevicesOfTheirStage) {
  const Mapping flat = map(read("tp: 4, dp: 2, ep: 8"));
  EXPECT_EQ(Split::Experts, flat.find(named("w1", {3}), Phase::Decode, 1).target->split);
  EXPECT_EQ(8U, flat.find(named("w1", {3}), Phase::Decode, 1).target->devices.size());
  const Mapping staged = map(read("tp: 4, pp: 2, ep: 4"));
  EXPECT_THAT(staged.find(named("w1", {3}), Phase::Decode, 9).target->devices, ElementsAre(5, 6, 7, 8));
  EXPECT_EQ(Split::Experts, staged.find(named("w1", {3}), Phase::Decode, 9).target->split);
  EXPECT_EQ(Split::Tensor, staged.find(named("q_proj"), Phase::Decode, 9).target->split);
  EXPECT_EQ(Split::Tensor, map(read("tp: 8")).find(named("w1", {3}), Phase::Decode, 1).target->split);
}

TEST_F(ParallelTest, ExpertsMayBeDealtOutAmongGroups) {
  const Mapping mapping = map(read("tp: 2, dp: 4, ep: 2"));
  const MapTarget* target = mapping.find(named("w1", {3}), Phase::Decode, 1).target;
  EXPECT_EQ(Split::Experts, target->split);
  ASSERT_EQ(2U, target->expert_groups.size());
  EXPECT_THAT(target->expert_groups[0].devices, ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(target->expert_groups[1].devices, ElementsAre(5, 6, 7, 8));
  EXPECT_EQ(Split::Tensor, target->expert_groups[1].split);
  EXPECT_TRUE(map(read("tp: 2, dp: 4, ep: 8")).find(named("w1", {3})).target->expert_groups.empty());
  const Mapping staged = map(read("tp: 4, pp: 2, ep: 2"));
  EXPECT_THAT(staged.find(named("w1", {3}), Phase::Decode, 9).target->expert_groups[1].devices, ElementsAre(7, 8));
}

TEST_F(ParallelTest, SharesAreThoseOfEveryGroup) {
  EXPECT_THAT(map(read("tp: 2, dp: 4, shares: [3, 1]")).find(named("q_proj")).target->weights,
              ElementsAre(3, 1, 3, 1, 3, 1, 3, 1));
  EXPECT_THAT(map(read("tp: 8, shares: by_rate")).find(named("q_proj")).target->weights,
              ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
  EXPECT_TRUE(map(read("tp: 8")).find(named("q_proj")).target->weights.empty());
}

TEST_F(ParallelTest, NamesMayHavePlacesOfTheirOwn) {
  const Scenario scenario = text_.read(
      "platform: gpu_server.yaml\nparallel: {tp: 4, pp: 2}\nmapping: {embed_tokens: HOST, lm_head: 'gpu[7]'}\n");
  EXPECT_THAT(map(scenario).find(named("embed_tokens")).target->devices, ElementsAre(0));
  EXPECT_THAT(map(scenario).find(named("lm_head")).target->devices, ElementsAre(8));
}

TEST_F(ParallelTest, Messages) {
  EXPECT_EQ(error("tp: 4, dp: 3"),
            "F:2: parallel: tp · pp · cp · dp = 4 · 1 · 1 · 3 = 12, but there are 8 devices; expected axes that "
            "multiply to 8, "
            "or fewer devices under parallel.devices");
  EXPECT_EQ(error("tp: 2, devices: 'gpu[0..2]'"),
            "F:2: parallel: tp · pp · cp · dp = 2 · 1 · 1 · 1 = 2, but there are 3 devices; expected axes that "
            "multiply to 3, "
            "or fewer devices under parallel.devices");
  EXPECT_EQ(error("tp: 2, devices: gpus"),
            "F:2: parallel.devices: unknown device 'gpus'; expected one of HOST, gpu; did you mean 'gpu'?");
  facts_.decoder_layers = 3;
  EXPECT_EQ(error("tp: 2, pp: 4"),
            "F:2: parallel.pp: 4 stages, but the workload has 3 decoder layers; expected at most 3");
  facts_.decoder_layers = 0;
  EXPECT_EQ(error("tp: 2, pp: 4"),
            "F:2: parallel.pp: 4 stages, but the workload has no decoder layers with numbers in their paths; expected "
            "1");
  platform_ = small_platform();
  EXPECT_EQ(error("tp: 4"),
            "F:2: parallel.devices: missing, and the platform has 3 groups; expected some of dimm, gpu, npu");
}
