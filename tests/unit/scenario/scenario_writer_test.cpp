#include "scenario/scenario_writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenario/scenario_reader.hpp"
#include "scenario_compare.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class ScenarioWriterTest : public testing::Test {
 protected:
  ScenarioWriterTest() {
    use_source_data();
    for (const char* name : {"m.json", "t.jsonl", "d.yaml"}) folder_.write(name, "");
  }

  TemporaryFolder folder_;
};

}  // namespace

TEST_F(ScenarioWriterTest, DefaultsAreFilledIn) {
  const Scenario scenario =
      load_scenario(folder_.write("s.yaml",
                                  "workload: {model: m.json, prompt_tokens: 5, output_tokens: 3}\n"
                                  "mapping: {q_proj: 'PIM-AI-4chip,t', default: HOST}\n"));
  EXPECT_EQ(replaced(scenario_yaml(scenario), folder_.str(), "DIR"),
            "name: s\n"
            "workload:\n"
            "  model: DIR/m.json\n"
            "  prompt_tokens: 5\n"
            "  output_tokens: 3\n"
            "  batch: 1\n"
            "  dtype: bfloat16\n"
            "  attention: sdpa\n"
            "  logits: last\n"
            "  sampling: false\n"
            "  routing: balanced\n"
            "  routing_seed: 0\n"
            "  call_empty_experts: true\n"
            "  detail: kernels\n"
            "  last_layer: lm_head\n"
            "mapping:\n"
            "  default: HOST\n"
            "  q_proj: PIM-AI-4chip,t\n"
            "simulation:\n"
            "  cost_model: roofline\n"
            "  schedule: sequential\n"
            "  segments: true\n"
            "  prefetch_weights: false\n"
            "  chunks: 1\n"
            "  microbatches: 1\n"
            "  interleave: 1\n"
            "  allow_overflow: false\n"
            "  ideal_links: false\n"
            "  ideal_devices: false\n");
}

TEST_F(ScenarioWriterTest, ATraceKeepsWhatItDoesNotSay) {
  const Scenario scenario = load_scenario(folder_.write("s.yaml", "workload: {trace: t.jsonl}\n"));
  EXPECT_EQ(replaced(scenario_yaml(scenario), folder_.str(), "DIR"),
            "name: s\n"
            "workload:\n"
            "  trace: DIR/t.jsonl\n"
            "  last_layer: lm_head\n"
            "mapping: {}\n"
            "simulation:\n"
            "  cost_model: roofline\n"
            "  schedule: sequential\n"
            "  segments: true\n"
            "  prefetch_weights: false\n"
            "  chunks: 1\n"
            "  microbatches: 1\n"
            "  interleave: 1\n"
            "  allow_overflow: false\n"
            "  ideal_links: false\n"
            "  ideal_devices: false\n");
}

TEST_F(ScenarioWriterTest, EverythingReadsBack) {
  expect_round_trip(folder_.write("s.yaml", R"(name: "quotes \" and: # µ, a\nline"
workload:
  model: m.json
  prompt_tokens: 64
  output_tokens: 16
  batch: 4
  dtype: int8
  kv_dtype: float16
  attention: eager
  logits: last
  sampling: true
  routing: uniform_random
  routing_seed: 1000000000
  call_empty_experts: false
  last_layer: "5"
mapping:
  default: H100
  q_proj: PIM-AI-4chip,t
  "null": HOST
  "a: b": "HOST, t"
  "#": HOST,,x
  w1: PIM-AI-4chip,m,rest,of,it
moe: { end: "true", experts_per_token: 10000 }
architectures: [d.yaml, ./d.yaml]
simulation:
  cost_model: "0.5"
  segments: false
  num_key_value_heads: 8
  sliding_window: 4096
)"));
}

TEST_F(ScenarioWriterTest, MachinesOfManyDevices) {
  const std::string file = folder_.write("s.yaml", R"(workload: {trace: t.jsonl}
platform: d.yaml
mapping:
  lm_head: dimm[3],t
  norm: {devices: "gpu[0]", split: replicas, flags: "m,x"}
  plain: {devices: dimm}
  experts: {devices: "dimm[0..7]+gpu", split: tensor, flags: tm}
  layers:
    16..31: { devices: "gpu[1..2]", split: tensor }
    0..15: gpu[0]
    40: HOST,m
    50..50: HOST
  default: dimm
  decode:
    norm: dimm[0]
    layers: { 0..1000000: "dimm[1]" }
    default: { devices: dimm, split: experts }
  prefill: { experts: gpu }
offload: { weights: { to: "HOST", share: 0.25 }, kv_cache: "gpu[0]" }
simulation:
  schedule: dataflow
  prefetch_weights: true
  chunks: 1024
  microbatches: 4096
  allow_overflow: true
  ideal_links: true
  ideal_devices: true
  faster: {memory: 2, links: 0.5}
  step_overhead_us: 150
  per_sequence_overhead_us: 0.5
)");
  expect_round_trip(file);
  const std::string text = replaced(scenario_yaml(load_scenario(file)), folder_.str(), "DIR");
  EXPECT_EQ(text.substr(text.find("platform:")),
            "platform: DIR/d.yaml\n"
            "mapping:\n"
            "  default: dimm\n"
            "  experts:\n"
            "    devices: dimm[0..7]+gpu\n"
            "    split: tensor\n"
            "    flags: tm\n"
            "  layers:\n"
            "    16..31:\n"
            "      devices: gpu[1..2]\n"
            "      split: tensor\n"
            "    0..15: gpu[0]\n"
            "    40: HOST,m\n"
            "    50..50: HOST\n"
            "  lm_head: dimm[3],t\n"
            "  norm:\n"
            "    devices: gpu[0]\n"
            "    split: replicas\n"
            "    flags: m,x\n"
            "  plain: dimm\n"
            "  prefill:\n"
            "    experts: gpu\n"
            "  decode:\n"
            "    default:\n"
            "      devices: dimm\n"
            "      split: experts\n"
            "    layers:\n"
            "      0..1000000: dimm[1]\n"
            "    norm: dimm[0]\n"
            "offload:\n"
            "  weights:\n"
            "    to: HOST\n"
            "    share: 0.25\n"
            "  kv_cache: gpu[0]\n"
            "simulation:\n"
            "  cost_model: roofline\n"
            "  schedule: dataflow\n"
            "  segments: true\n"
            "  prefetch_weights: true\n"
            "  chunks: 1024\n"
            "  microbatches: 4096\n"
            "  interleave: 1\n"
            "  allow_overflow: true\n"
            "  ideal_links: true\n"
            "  ideal_devices: true\n"
            "  faster:\n"
            "    memory: 2\n"
            "    arithmetic: 1\n"
            "    links: 0.5\n"
            "  step_overhead_us: 150\n"
            "  per_sequence_overhead_us: 0.5\n");
}

TEST_F(ScenarioWriterTest, PromptsOfDifferentLengths) {
  Scenario scenario = load_scenario(
      folder_.write("s.yaml", "workload: {model: m.json, prompt_tokens: [512, 64, 2048], output_tokens: 2}\n"));
  const std::string text = scenario_yaml(scenario);
  EXPECT_NE(std::string::npos, text.find("  prompt_tokens: [512, 64, 2048]\n")) << text;
  EXPECT_NE(std::string::npos, text.find("  batch: 3\n")) << text;
  const Scenario again = load_scenario(folder_.write("again.yaml", text));
  EXPECT_EQ((std::vector<std::int64_t>{512, 64, 2048}), again.workload.run.prompts);
  EXPECT_EQ(2048, again.workload.run.prompt_tokens);
}

TEST_F(ScenarioWriterTest, PartsThatInterleave) {
  const std::string file =
      folder_.write("s.yaml", "workload: {trace: t.jsonl}\nsimulation: {schedule: dataflow, interleave: 4096}\n");
  expect_round_trip(file);
  EXPECT_NE(scenario_yaml(load_scenario(file)).find("\n  interleave: 4096\n"), std::string::npos);
}

TEST_F(ScenarioWriterTest, ABufferForWeights) {
  for (const char* size : {"32", "0.1", "1e-06", "1e+09", "12.345678901234567"}) {
    const std::string section =
        "simulation: {schedule: dataflow, prefetch_weights: {buffer_MB: " + std::string(size) + "}}\n";
    const std::string file = folder_.write("s.yaml", "workload: {trace: t.jsonl}\n" + section);
    expect_round_trip(file);
    EXPECT_THAT(scenario_yaml(load_scenario(file)), ::testing::HasSubstr("  prefetch_weights:\n    buffer_MB: "));
  }
}

TEST_F(ScenarioWriterTest, NamesThatLookLikeSomethingElseReadBack) {
  for (const char* name : {"5", "true", "~", "null", ".inf", "- a", "a: b", " a ", "[a]", "#", "0x10", "1e3", "''"}) {
    Scenario scenario = load_scenario(folder_.write("s.yaml", "workload: {trace: t.jsonl}\n"));
    scenario.name = name;
    const Scenario again = load_scenario(folder_.write("again.yaml", scenario_yaml(scenario)));
    EXPECT_EQ(again.name, name);
  }
}

TEST_F(ScenarioWriterTest, ParallelAndSharesAreReadBack) {
  const std::string workload = "workload: {model: m.json, prompt_tokens: 5, output_tokens: 3}\n";
  folder_.write("p.yaml", "devices: [{name: gpu, architecture: H100, count: 8}]\n");
  expect_round_trip(folder_.write(
      "a.yaml", workload + "platform: p.yaml\n"
                           "parallel: {tp: 4, dp: 1, ep: 8, cp: 2, order: [cp, tp], sequence_parallel: true, "
                           "devices: gpu, shares: [3, 1, 0.5, 0]}\n"
                           "mapping: {lm_head: 'gpu[0]'}\n"));
  expect_round_trip(folder_.write("b.yaml", workload + "platform: p.yaml\nparallel: {tp: 8, shares: by_rate}\n"));
  expect_round_trip(folder_.write(
      "c.yaml",
      workload +
          "platform: p.yaml\n"
          "mapping: {default: {devices: gpu, replicas: 4, shares: [2, 1]}, q_proj: {devices: 'gpu[0..1]', split: "
          "replicas, context: 2, shares: by_rate}, k_proj: {devices: gpu, replicas: 2, context: 2, sequence_parallel: "
          "true}, layers: {0: {devices: gpu, experts: 'gpu[0..3]'}, 1: {devices: gpu, "
          "experts: {devices: gpu, split: tensor, replicas: 2}}, 2: {devices: gpu, experts: {devices: gpu, groups: "
          "4}}}}\n"));
}
