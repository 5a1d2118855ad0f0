#include "scenario/scenario_reader.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "scenario_compare.hpp"
#include "support/temporary_folder.hpp"

namespace fs = std::filesystem;
using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// A scenario beside m.json, t.jsonl and d.yaml.
class ScenarioReaderTest : public testing::Test {
 protected:
  ScenarioReaderTest() {
    use_source_data();
    for (const char* name : {"m.json", "t.jsonl", "d.yaml"}) folder_.write(name, "");
  }

  Scenario read(const std::string& text) { return load_scenario(folder_.write("s.yaml", text)); }

  TemporaryFolder folder_;
};

}  // namespace

TEST_F(ScenarioReaderTest, Defaults) {
  const Scenario scenario = read("workload: {model: m.json, prompt_tokens: 5, output_tokens: 3}\n");
  EXPECT_EQ(scenario.name, "s") << "the file's stem";
  EXPECT_EQ(scenario.file, folder_.path("s.yaml"));
  EXPECT_EQ(scenario.workload.model, folder_.path("m.json"));
  EXPECT_EQ(scenario.workload.trace, "");
  EXPECT_EQ(scenario.workload.run.prompt_tokens, 5);
  EXPECT_EQ(scenario.workload.run.output_tokens, 3);
  EXPECT_EQ(decoder_run(scenario.workload).batch, 1);
  EXPECT_EQ(decoder_run(scenario.workload).dtype, NumberFormat::bfloat16);
  EXPECT_EQ(scenario.workload.run.attention, Attention::sdpa);
  EXPECT_EQ(scenario.workload.run.logits, Logits::last);
  EXPECT_FALSE(scenario.workload.run.sampling);
  EXPECT_EQ(scenario.workload.run.routing, Routing::balanced);
  EXPECT_EQ(scenario.workload.run.routing_seed, 0U);
  EXPECT_TRUE(scenario.workload.run.call_empty_experts);
  EXPECT_EQ(scenario.workload.dtype, std::nullopt);
  EXPECT_EQ(scenario.workload.kv_dtype, std::nullopt);
  EXPECT_EQ(scenario.workload.last_layer, "lm_head");
  EXPECT_TRUE(scenario.mapping.empty());
  for (const Phase phase : {Phase::Prefill, Phase::Decode}) EXPECT_TRUE(scenario.mapping_of(phase).empty());
  EXPECT_EQ(scenario.platform, "");
  EXPECT_FALSE(scenario.moe);
  EXPECT_TRUE(scenario.architectures.empty());
  EXPECT_EQ(scenario.simulation.cost_model, "roofline");
  EXPECT_EQ(scenario.simulation.schedule, "sequential");
  EXPECT_TRUE(scenario.simulation.segments);
  EXPECT_EQ(scenario.simulation.num_key_value_heads, std::nullopt);
  EXPECT_EQ(scenario.simulation.sliding_window, std::nullopt);
  EXPECT_FALSE(scenario.simulation.prefetch_weights);
  EXPECT_FALSE(scenario.simulation.prefetch_buffer_MB);
  EXPECT_EQ(scenario.simulation.chunks, 1);
  EXPECT_EQ(scenario.simulation.microbatches, 1);
  EXPECT_EQ(scenario.simulation.interleave, 1);
  EXPECT_FALSE(scenario.simulation.allow_overflow);
  EXPECT_FALSE(scenario.simulation.ideal_links);
  EXPECT_FALSE(scenario.simulation.ideal_devices);
}

TEST_F(ScenarioReaderTest, Everything) {
  const Scenario scenario = read(R"(name: A name
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
  routing_seed: 7
  call_empty_experts: false
  last_layer: head
mapping:
  default: H100
  q_proj: PIM-AI-4chip,t
  k_proj: PIM_AI_4chip
  w1: PIM-AI-4chip,m,rest,of,it
moe: { end: w2, experts_per_token: 2 }
architectures: [d.yaml]
simulation:
  cost_model: reference
  schedule: sequential
  segments: false
  num_key_value_heads: 8
  sliding_window: 4096
)");
  EXPECT_EQ(scenario.name, "A name");
  EXPECT_EQ(decoder_run(scenario.workload).batch, 4);
  EXPECT_EQ(scenario.workload.batch, 4);
  EXPECT_EQ(decoder_run(scenario.workload).dtype, NumberFormat::int8);
  EXPECT_EQ(scenario.workload.kv_dtype, NumberFormat::float16);
  EXPECT_EQ(scenario.workload.run.attention, Attention::eager);
  EXPECT_EQ(scenario.workload.run.logits, Logits::last);
  EXPECT_TRUE(scenario.workload.run.sampling);
  EXPECT_EQ(scenario.workload.run.routing, Routing::uniform_random);
  EXPECT_EQ(scenario.workload.run.routing_seed, 7U);
  EXPECT_FALSE(scenario.workload.run.call_empty_experts);
  EXPECT_EQ(scenario.workload.last_layer, "head");
  EXPECT_EQ(scenario.workload.last_layer_where.line, 15);
  EXPECT_EQ(scenario.workload.source_where.line, 3);
  EXPECT_EQ(scenario.workload.batch_where.line, 6);
  ASSERT_TRUE(scenario.mapping.default_device);
  EXPECT_EQ(scenario.mapping.default_device->device, "H100");
  ASSERT_EQ(scenario.mapping.lines.size(), 3U) << "without the default";
  EXPECT_EQ(scenario.mapping.lines[0].layer, "q_proj");
  EXPECT_EQ(scenario.mapping.lines[0].key(), "mapping.q_proj");
  EXPECT_EQ(scenario.mapping.lines[0].device, "PIM-AI-4chip");
  EXPECT_EQ(scenario.mapping.lines[0].flags, "t");
  EXPECT_EQ(scenario.mapping.lines[0].more, "");
  EXPECT_EQ(scenario.mapping.lines[0].where.line, 18);
  EXPECT_EQ(scenario.mapping.lines[1].device, "PIM_AI_4chip");
  EXPECT_EQ(scenario.mapping.lines[1].flags, "");
  EXPECT_EQ(scenario.mapping.lines[2].flags, "m");
  EXPECT_EQ(scenario.mapping.lines[2].more, "rest,of,it");
  ASSERT_TRUE(scenario.moe);
  EXPECT_EQ(scenario.moe->end, "w2");
  EXPECT_EQ(scenario.moe->experts_per_token, 2);
  EXPECT_EQ(scenario.architectures, std::vector<std::string>{folder_.path("d.yaml")});
  EXPECT_EQ(scenario.simulation.cost_model, "reference");
  EXPECT_EQ(scenario.simulation.cost_model_where.line, 24);
  EXPECT_FALSE(scenario.simulation.segments);
  EXPECT_EQ(scenario.simulation.num_key_value_heads, 8);
  EXPECT_EQ(scenario.simulation.sliding_window, 4096);
}

TEST_F(ScenarioReaderTest, ATraceSaysMostItself) {
  const Scenario bare = read("workload: {trace: t.jsonl}\n");
  EXPECT_EQ(bare.workload.trace, folder_.path("t.jsonl"));
  EXPECT_EQ(bare.workload.model, "");
  EXPECT_EQ(bare.workload.dtype, std::nullopt);
  EXPECT_EQ(bare.workload.batch, std::nullopt);
  const Scenario given = read("workload: {trace: t.jsonl, dtype: int4, kv_dtype: int8, batch: 3, last_layer: x}\n");
  EXPECT_EQ(given.workload.dtype, NumberFormat::int4);
  EXPECT_EQ(given.workload.kv_dtype, NumberFormat::int8);
  EXPECT_EQ(given.workload.batch, 3);
  EXPECT_EQ(given.workload.last_layer, "x");
}

TEST_F(ScenarioReaderTest, EmptySectionsCountAsAbsent) {
  const Scenario scenario = read("workload: {trace: t.jsonl}\nmapping:\nsimulation:\narchitectures: []\n");
  EXPECT_TRUE(scenario.mapping.empty());
  EXPECT_EQ(scenario.simulation.cost_model, "roofline");
}

TEST_F(ScenarioReaderTest, PathsAreRelativeToTheFileThenToTheData) {
  fs::current_path("/");
  EXPECT_EQ(read("workload: {trace: ./t.jsonl}\n").workload.trace, folder_.path("t.jsonl"));
  EXPECT_EQ(read("workload: {trace: " + folder_.path("t.jsonl") + "}\n").workload.trace, folder_.path("t.jsonl"));
  EXPECT_EQ(read("workload: {model: models/llama-2-7b.json, prompt_tokens: 1, output_tokens: 1}\n").workload.model,
            PROJECT_DIR "/scenarios/models/llama-2-7b.json");
  folder_.write("models/llama-2-7b.json", "");
  EXPECT_EQ(read("workload: {model: models/llama-2-7b.json, prompt_tokens: 1, output_tokens: 1}\n").workload.model,
            folder_.path("models/llama-2-7b.json"));
  fs::current_path(folder_.str());
  EXPECT_EQ(load_scenario("s.yaml").workload.model, "models/llama-2-7b.json") << "a scenario without a folder";
}

TEST_F(ScenarioReaderTest, MappingOfManyDevices) {
  const Scenario scenario = read(R"(workload: {trace: t.jsonl}
platform: d.yaml
mapping:
  default: dimm[0..7]+gpu
  lm_head: dimm[3],t
  norm: {devices: "gpu[1..2]", split: replicas, flags: tm}
  experts: dimm
  layers:
    0..15: gpu[0]
    16: {devices: gpu, split: experts}
  decode:
    norm: dimm[0]
    default: dimm
  prefill:
    experts: gpu,t
    layers: {7..9: gpu}
)");
  EXPECT_EQ(scenario.platform, folder_.path("d.yaml"));
  EXPECT_EQ(scenario.platform_where.line, 2);
  const MappingSection& mapping = scenario.mapping;
  EXPECT_EQ(mapping.default_device->device, "dimm[0..7]+gpu");
  ASSERT_EQ(mapping.lines.size(), 2U) << "no reserved key is a layer";
  EXPECT_EQ(mapping.lines[0].device, "dimm[3]");
  EXPECT_EQ(mapping.lines[0].flags, "t");
  EXPECT_EQ(mapping.lines[0].split, std::nullopt);
  EXPECT_EQ(mapping.lines[1].device, "gpu[1..2]");
  EXPECT_EQ(mapping.lines[1].split, "replicas");
  EXPECT_EQ(mapping.lines[1].flags, "tm");
  EXPECT_EQ(mapping.lines[1].where.line, 6);
  EXPECT_EQ(mapping.experts->device, "dimm");
  EXPECT_EQ(mapping.experts->key(), "mapping.experts");
  ASSERT_EQ(mapping.layers.size(), 2U);
  EXPECT_EQ(mapping.layers[0].first, 0);
  EXPECT_EQ(mapping.layers[0].last, 15);
  EXPECT_EQ(mapping.layers[0].entry.key(), "mapping.layers.0..15");
  EXPECT_EQ(mapping.layers[0].entry.where.line, 9);
  EXPECT_EQ(mapping.layers[1].first, 16);
  EXPECT_EQ(mapping.layers[1].last, 16);
  EXPECT_EQ(mapping.layers[1].entry.split, "experts");
  const MappingSection& decode = scenario.mapping_of(Phase::Decode);
  ASSERT_EQ(decode.lines.size(), 1U);
  EXPECT_EQ(decode.lines[0].key(), "mapping.decode.norm");
  EXPECT_EQ(decode.lines[0].device, "dimm[0]");
  EXPECT_EQ(decode.default_device->key(), "mapping.decode.default");
  EXPECT_FALSE(decode.experts);
  const MappingSection& prefill = scenario.mapping_of(Phase::Prefill);
  EXPECT_TRUE(prefill.lines.empty());
  EXPECT_EQ(prefill.experts->flags, "t");
  ASSERT_EQ(prefill.layers.size(), 1U);
  EXPECT_EQ(prefill.layers[0].entry.key(), "mapping.prefill.layers.7..9");
}

TEST_F(ScenarioReaderTest, PartsThatInterleave) {
  const SimulationSection simulation =
      read("workload: {trace: t.jsonl}\nsimulation:\n  schedule: dataflow\n  interleave: 4\n").simulation;
  EXPECT_EQ(simulation.interleave, 4);
  EXPECT_EQ(simulation.interleave_where.line, 4);
  EXPECT_EQ(simulation.batch_pieces(), 4);
}

TEST_F(ScenarioReaderTest, ScheduleOptions) {
  const SimulationSection simulation = read(R"(workload: {trace: t.jsonl}
simulation:
  schedule: dataflow
  prefetch_weights: true
  chunks: 8
  microbatches: 4
  allow_overflow: true
  ideal_links: true
  ideal_devices: true
)")
                                           .simulation;
  EXPECT_EQ(simulation.schedule, "dataflow");
  EXPECT_EQ(simulation.schedule_where.line, 3);
  EXPECT_TRUE(simulation.prefetch_weights);
  EXPECT_EQ(simulation.chunks, 8);
  EXPECT_EQ(simulation.microbatches, 4);
  EXPECT_TRUE(simulation.allow_overflow);
  EXPECT_TRUE(simulation.ideal_links);
  EXPECT_TRUE(simulation.ideal_devices);
}

TEST_F(ScenarioReaderTest, ABufferForWeights) {
  const SimulationSection simulation =
      read("workload: {trace: t.jsonl}\nsimulation: {schedule: dataflow, prefetch_weights: {buffer_MB: 0.5}}\n")
          .simulation;
  EXPECT_TRUE(simulation.prefetch_weights);
  EXPECT_EQ(simulation.prefetch_buffer_MB, 0.5);
}

TEST_F(ScenarioReaderTest, PlatformsAreLookedForAmongTheShippedOnes) {
  ::setenv("UPMEM_DES_DATA", folder_.path("data").c_str(), 1);
  folder_.write("data/architectures/a.yaml", "");
  folder_.write("data/p.yaml", "");
  EXPECT_EQ(read("workload: {trace: t.jsonl}\nplatform: p.yaml\n").platform, folder_.path("data/p.yaml"));
  folder_.write("data/platforms/p.yaml", "");
  EXPECT_EQ(read("workload: {trace: t.jsonl}\nplatform: p.yaml\n").platform, folder_.path("data/platforms/p.yaml"));
  EXPECT_EQ(read("workload: {trace: t.jsonl}\nplatform: platforms/p.yaml\n").platform,
            folder_.path("data/platforms/p.yaml"));
  folder_.write("p.yaml", "");
  EXPECT_EQ(read("workload: {trace: t.jsonl}\nplatform: p.yaml\n").platform, folder_.path("p.yaml"));
}

TEST_F(ScenarioReaderTest, EveryFileThatIsRead) {
  const Scenario scenario = read("workload: {trace: t.jsonl}\nplatform: m.json\narchitectures: [d.yaml]\n");
  EXPECT_EQ(files_of(scenario), (std::vector<std::string>{folder_.path("s.yaml"), folder_.path("m.json"),
                                                          folder_.path("d.yaml"), folder_.path("t.jsonl")}));
}
