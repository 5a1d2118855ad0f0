/// Runs of models as kernels: laws, and what the host does before each step.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "law_cases.hpp"
#include "machine_bench.hpp"
#include "support/result_numbers.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

SimulationResult run_case(const LawCase& one, const std::string& simulation, const std::string& detail) {
  MachineBench bench;
  return bench.run_model(one.platform, one.mapping, simulation, std::string(one.workload) + ", detail: " + detail);
}

double product_flop(const SimulationResult& result) {
  double flop = 0;
  for (const OperatorUse& use : result.operators)
    if (use.operator_class == OperatorClass::Linear) flop += use.flop;
  return flop;
}

const EventClass* class_of(const SimulationResult& result, const char* name, Phase phase) {
  for (const EventClass& events : result.event_classes)
    if (events.name == Name(name) && events.phase == phase) return &events;
  return nullptr;
}

class Kernels : public ::testing::TestWithParam<LawCase> {};

constexpr const char* four_rows = "model: models/llama-3.1-8b.json, prompt_tokens: 16, output_tokens: 4, batch: 4";

}  // namespace

/// Whoever shares the work, devices hold the same weights and caches and compute the same products.
TEST_P(Kernels, HoldAndComputeWhatLayersDo) {
  const SimulationResult layers = run_case(GetParam(), "schedule: dataflow", "layers");
  const SimulationResult kernels = run_case(GetParam(), "schedule: dataflow", "kernels");
  for (std::size_t i = 0; i < layers.devices.size(); ++i) {
    const MemoryUse &a = layers.devices[i].memory, &b = kernels.devices[i].memory;
    EXPECT_NEAR(a.weights_B, b.weights_B, 1e-9 * a.weights_B) << layers.devices[i].name;
    EXPECT_NEAR(a.kv_cache_B, b.kv_cache_B, 1e-9 * a.kv_cache_B) << layers.devices[i].name;
  }
  EXPECT_NEAR(product_flop(layers), product_flop(kernels), 1e-9 * product_flop(layers));
  EXPECT_EQ(layers.forward_passes, kernels.forward_passes);
  EXPECT_EQ(layers.generated_tokens(), kernels.generated_tokens());
}

TEST_P(Kernels, AreTheSameInBothWaysThroughTheSimulator) {
  const std::string host = ", step_overhead_us: 30, per_sequence_overhead_us: 7";
  for (const std::string how : {"schedule: sequential", "schedule: dataflow, chunks: 4"})
    EXPECT_EQ("", differences(numbers_of(run_case(GetParam(), how + host, "kernels")),
                              numbers_of(run_case(GetParam(), how + host + ", segments: false", "kernels"))))
        << how;
}

/// Keys and values are written, queries and keys turned, on the devices that have the heads: 32 of queries and 8 of
/// keys, so that of four devices each has 8 and 2, and of sixteen two share one of keys.
TEST(KernelsOfHeads, AreWhereTheHeadsAre) {
  const auto flop_of = [](int devices) {
    MachineBench bench;
    const SimulationResult result = bench.run_model(
        "devices: [{name: dev, architecture: DEV, count: " + std::to_string(devices) + "}]\n", "default: dev", "",
        "model: models/llama-3.1-8b.json, prompt_tokens: 10, output_tokens: 1, "
        "detail: kernels");
    double flop = 0;
    for (const OperatorUse& use : result.operators)
      if (use.name == Name("rotary")) flop += use.flop;
    return flop;
  };
  EXPECT_DOUBLE_EQ(flop_of(4), 32 * 3.0 * 10 * (32 + 8) * 128);
  EXPECT_DOUBLE_EQ(flop_of(16), 32 * 3.0 * 10 * (32 + 16) * 128);
}

/// More devices than heads of keys, stages, shared norms, shared sequences; norms of heads and of all of them.
TEST(KernelsOfHeads, AreHeldAsLayersAre) {
  for (const char* parallel : {"tp: 16", "tp: 16, sequence_parallel: true", "tp: 4, dp: 2, pp: 2", "tp: 8, cp: 2"})
    for (const char* model : {"llama-3.2-1b", "qwen3-0.6b", "olmo-2-1b", "pythia-1b"}) {
      const auto run = [&](const std::string& detail) {
        MachineBench bench;
        bench.parallel = parallel;
        return bench.run_model("devices: [{name: dev, architecture: DEV, count: 16}]\n", "",
                               "schedule: dataflow, allow_overflow: true",
                               "model: models/" + std::string(model) +
                                   ".json, prompt_tokens: 16, output_tokens: 1, batch: 4, detail: " + detail);
      };
      const SimulationResult layers = run("layers"), kernels = run("kernels");
      for (std::size_t i = 0; i < layers.devices.size(); ++i) {
        const MemoryUse &a = layers.devices[i].memory, &b = kernels.devices[i].memory;
        EXPECT_NEAR(a.weights_B, b.weights_B, 1e-9 * a.weights_B) << model << ", " << parallel << ", " << i;
        EXPECT_NEAR(a.kv_cache_B, b.kv_cache_B, 1e-9 * a.kv_cache_B) << model << ", " << parallel << ", " << i;
      }
      EXPECT_NEAR(product_flop(layers), product_flop(kernels), 1e-9 * product_flop(layers))
          << model << ", " << parallel;
    }
}

/// 100 µs a step and 10 for each of its 4 sequences, in 4 steps.
TEST(WorkOfTheHost, PassesBeforeEveryStep) {
  const std::string overhead = ", step_overhead_us: 100, per_sequence_overhead_us: 10";
  for (const std::string how : {"schedule: sequential", "schedule: dataflow", "schedule: dataflow, microbatches: 2",
                                "schedule: dataflow, interleave: 2", "schedule: dataflow, prefetch_weights: false"})
    for (const std::string detail : {"layers", "kernels"}) {
      MachineBench without, with;
      const std::string workload = std::string(four_rows) + ", detail: " + detail;
      const SimulationResult base = without.run_model(devices(1), "default: dev", how, workload);
      const SimulationResult late = with.run_model(devices(1), "default: dev", how + overhead, workload);
      EXPECT_NEAR(late.phases[0].time_s - base.phases[0].time_s, 140e-6, 1e-12) << how;
      EXPECT_NEAR(late.phases[1].time_s - base.phases[1].time_s, 3 * 140e-6, 1e-12) << how;
      EXPECT_NEAR(late.devices[0].busy.compute_s - base.devices[0].busy.compute_s, 4 * 140e-6, 1e-12) << how;
      EXPECT_EQ(late.events, base.events);
      const EventClass* const before = class_of(late, "step overhead", Phase::Decode);
      ASSERT_NE(before, nullptr);
      EXPECT_EQ(before->type, Name("host"));
      EXPECT_EQ(before->count, 3);
      EXPECT_NEAR(before->cost.time_s, 3 * 140e-6, 1e-12);
      EXPECT_EQ(before->cost.energy.total_J(), 0);
      EXPECT_EQ(class_of(base, "step overhead", Phase::Decode), nullptr);
    }
}

/// What samples alone is the end of the step before it.
TEST(WorkOfTheHost, IsNoneBeforeSamplingAlone) {
  MachineBench without, with;
  const std::string workload = std::string(four_rows) + ", sampling: true";
  const SimulationResult base = without.run_model(devices(1), "default: dev", "", workload);
  const SimulationResult late = with.run_model(devices(1), "default: dev", "step_overhead_us: 100", workload);
  EXPECT_NEAR(late.time_s - base.time_s, 4 * 100e-6, 1e-12);
}

/// Of a trace, a step is its events of one number.
TEST(WorkOfTheHost, OfATrace) {
  const auto time_of = [](const std::string& simulation) {
    MachineBench bench(2);
    bench.linear("fc", 2, 100, 100);
    bench.linear("lm_head", 2, 100, 100);
    return bench.run(devices(1), "default: dev", simulation).time_s;
  };
  EXPECT_NEAR(time_of("step_overhead_us: 5, per_sequence_overhead_us: 0.25") - time_of(""), 5.5e-6, 1e-15);
}

INSTANTIATE_TEST_SUITE_P(Machines, Kernels, ::testing::ValuesIn(law_cases),
                         [](const ::testing::TestParamInfo<LawCase>& one) { return one.param.name; });
