/// Scenarios whose network is profiled first.
#include <gtest/gtest.h>

#include "scenario/scenario_reader.hpp"
#include "scenario/scenario_writer.hpp"
#include "scenario_compare.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

const std::string model = "workload:\n  model: model\n  profile: true\n  prompt_tokens: 5\n  output_tokens: 3\n";

class ProfileScenario : public testing::Test {
 protected:
  ProfileScenario() {
    use_source_data();
    for (const char* name : {"net.pt", "model/config.json", "ids.txt", "lib/ops.so", "more.so"})
      folder_.write(name, "");
  }

  std::string file(const std::string& text) const { return folder_.write("s.yaml", text); }
  Workload workload(const std::string& text) const { return load_scenario(file(text)).workload; }
  ScriptRequest script(const std::string& more) const {
    return std::get<ScriptRequest>(workload("workload:\n  torchscript: net.pt\n" + more).profile->network);
  }
  DecoderRequest decoder(const std::string& more) const {
    return std::get<DecoderRequest>(workload(model + more).profile->network);
  }

  TemporaryFolder folder_;
};

}  // namespace

TEST_F(ProfileScenario, TorchScriptDefaults) {
  const Workload read = workload("workload: {torchscript: net.pt}\n");
  ASSERT_TRUE(read.profile);
  const auto& script = std::get<ScriptRequest>(read.profile->network);
  EXPECT_EQ(script.file, folder_.path("net.pt"));
  EXPECT_TRUE(script.inputs.empty());
  EXPECT_EQ(script.repeat, 1);
  EXPECT_EQ(script.warmup, 0);
  EXPECT_EQ(read.profile->seed, 0U);
  EXPECT_EQ(read.profile->threads, 0);
  EXPECT_FALSE(read.profile->sim_compute);
  EXPECT_EQ(read.model, "");
  EXPECT_EQ(read.trace, "");
  EXPECT_FALSE(read.dtype);
  EXPECT_FALSE(read.batch);
  // Found in the trace; another layer can be named.
  EXPECT_EQ(read.last_layer, "");
  EXPECT_EQ(workload("workload: {torchscript: net.pt, last_layer: head.0}\n").last_layer, "head.0");
  EXPECT_EQ(files_of(read), std::vector<std::string>{folder_.path("net.pt")});
}

TEST_F(ProfileScenario, TorchScriptKeys) {
  const Workload read = workload(
      "workload:\n  torchscript: net.pt\n  inputs: [1x3x8x8, '2x7:int64:0..49']\n  repeat: 4\n  warmup: 2\n  seed: 9\n"
      "  threads: 2\n  sim_compute: true\n  dtype: int8\n  batch: 1\n  kv_dtype: int4\n");
  const auto& script = std::get<ScriptRequest>(read.profile->network);
  ASSERT_EQ(script.inputs.size(), 2U);
  EXPECT_EQ(to_string(script.inputs[0]), "1x3x8x8");
  EXPECT_EQ(to_string(script.inputs[1]), "2x7:int64:0..49");
  EXPECT_EQ(script.repeat, 4);
  EXPECT_EQ(script.warmup, 2);
  EXPECT_EQ(read.profile->seed, 9U);
  EXPECT_EQ(read.profile->threads, 2);
  EXPECT_TRUE(read.profile->sim_compute);
  EXPECT_EQ(read.dtype, NumberFormat::int8);
  EXPECT_EQ(read.batch, 1);
  EXPECT_EQ(read.kv_dtype, NumberFormat::int4);
}

TEST_F(ProfileScenario, InputsOfAllKindsAndOperatorLibraries) {
  const Workload read = workload(
      "workload:\n  torchscript: net.pt\n  inputs: ['{ids=1x8:int64,mask=[none, 2x3]}', none, int:3, 7]\n"
      "  operator_libraries: [lib/ops.so, more.so]\n");
  const auto& script = std::get<ScriptRequest>(read.profile->network);
  ASSERT_EQ(script.inputs.size(), 4U);
  EXPECT_EQ(to_string(script.inputs[0]), "{ids=1x8:int64,mask=[none,2x3]}");
  EXPECT_EQ(script.inputs[1].kind, InputValue::Kind::None);
  EXPECT_EQ(script.inputs[2].integer, 3);
  EXPECT_EQ(script.inputs[3].tensor.shape, (Shape{7}));
  const std::vector<std::string> libraries{folder_.path("lib/ops.so"), folder_.path("more.so")};
  EXPECT_EQ(script.operator_libraries, libraries);
  // What they hold decides a run, as what the module holds.
  EXPECT_EQ(files_of(read), (std::vector<std::string>{folder_.path("net.pt"), libraries[0], libraries[1]}));
}

TEST_F(ProfileScenario, ArchivesOfTorchExport) {
  const Workload read = workload("workload: {exported: net.pt}\n");
  ASSERT_TRUE(read.profile);
  const auto& exported = std::get<ExportedRequest>(read.profile->network);
  EXPECT_EQ(exported.file, folder_.path("net.pt"));
  EXPECT_TRUE(exported.inputs.empty());
  EXPECT_EQ(exported.repeat, 1);
  EXPECT_EQ(exported.warmup, 0);
  EXPECT_EQ(files_of(read), std::vector<std::string>{folder_.path("net.pt")});
  const Workload more = workload(
      "workload: {exported: net.pt, inputs: [1x3], repeat: 4, warmup: 2, seed: 9, threads: 3, last_layer: head}\n");
  const auto& called = std::get<ExportedRequest>(more.profile->network);
  ASSERT_EQ(called.inputs.size(), 1U);
  EXPECT_EQ(to_string(called.inputs[0]), "1x3");
  EXPECT_EQ(called.repeat, 4);
  EXPECT_EQ(called.warmup, 2);
  EXPECT_EQ(more.profile->seed, 9U);
  EXPECT_EQ(more.profile->threads, 3);
  EXPECT_EQ(more.last_layer, "head");
  expect_round_trip(file("workload: {exported: net.pt}\n"));
  expect_round_trip(file("workload: {exported: net.pt, inputs: [1x3, none], repeat: 4, warmup: 2, threads: 3}\n"));
}

TEST_F(ProfileScenario, ModelDefaults) {
  const Workload read = workload(model);
  ASSERT_TRUE(read.profile);
  const auto& decoder = std::get<DecoderRequest>(read.profile->network);
  EXPECT_EQ(decoder.folder, folder_.path("model"));
  EXPECT_EQ(read.model, folder_.path("model"));
  EXPECT_EQ(decoder.run.prompt_tokens, 5);
  EXPECT_EQ(decoder.run.output_tokens, 3);
  EXPECT_EQ(decoder.run.batch, 1);
  EXPECT_EQ(decoder.run.dtype, NumberFormat::float32);
  EXPECT_FALSE(read.dtype);
  EXPECT_FALSE(decoder.route_by_rule);
  EXPECT_EQ(read.last_layer, "lm_head");
  EXPECT_EQ(files_of(read), std::vector<std::string>{folder_.path("model/config.json")});
}

TEST_F(ProfileScenario, TheCpuComputesWithWhatItHas) {
  const std::pair<const char*, NumberFormat> types[] = {{"float32", NumberFormat::float32},
                                                        {"bfloat16", NumberFormat::bfloat16},
                                                        {"float16", NumberFormat::float16},
                                                        {"int8", NumberFormat::float32},
                                                        {"int4", NumberFormat::float32}};
  for (const auto& [name, computed] : types) {
    const Workload read = workload(model + "  dtype: " + name + "\n");
    EXPECT_EQ(std::get<DecoderRequest>(read.profile->network).run.dtype, computed) << name;
    EXPECT_EQ(read.dtype, parse_number_format(name));
  }
}

TEST_F(ProfileScenario, ModelKeys) {
  const DecoderRequest sampled = decoder(
      "  batch: 2\n  sampling: true\n  temperature: 0.5\n  top_k: 40\n  top_p: 0.9\n  attention: eager\n  logits: "
      "last\n"
      "  call_empty_experts: false\n  warmup: 1\n");
  EXPECT_EQ(sampled.run.batch, 2);
  EXPECT_TRUE(sampled.run.sampling);
  EXPECT_EQ(sampled.sampling.temperature, 0.5);
  EXPECT_EQ(sampled.sampling.top_k, 40);
  EXPECT_EQ(sampled.sampling.top_p, 0.9);
  EXPECT_EQ(sampled.run.attention, Attention::eager);
  EXPECT_EQ(sampled.run.logits, Logits::last);
  EXPECT_FALSE(sampled.run.call_empty_experts);
  EXPECT_EQ(sampled.warmup, 1);
}

TEST_F(ProfileScenario, ExpertsByRuleOnlyWhereAskedFor) {
  EXPECT_TRUE(decoder("  routing: round_robin\n").route_by_rule);
  EXPECT_TRUE(decoder("  routing: uniform_random\n  routing_seed: 4\n").route_by_rule);
  EXPECT_EQ(decoder("  routing: uniform_random\n  routing_seed: 4\n").run.routing_seed, 4U);
  // Without results a router has nothing to choose by.
  EXPECT_TRUE(decoder("  sim_compute: true\n").route_by_rule);
  EXPECT_FALSE(decoder("  routing_seed: 4\n").route_by_rule);
}

TEST_F(ProfileScenario, PromptIds) {
  const Workload read = workload("workload: {model: model, profile: true, prompt_ids: ids.txt, output_tokens: 2}\n");
  EXPECT_EQ(std::get<DecoderRequest>(read.profile->network).prompt_ids_file, folder_.path("ids.txt"));
  EXPECT_EQ(files_of(read), (std::vector<std::string>{folder_.path("model/config.json"), folder_.path("ids.txt")}));
}

TEST_F(ProfileScenario, AModelThatIsNotProfiled) {
  const std::string plain = replaced(model, "profile: true", "profile: false");
  EXPECT_FALSE(workload(plain).profile);
  EXPECT_EQ(decoder_run(workload(plain)).dtype, NumberFormat::bfloat16);
  EXPECT_FALSE(workload("workload: {model: model, prompt_tokens: 1, output_tokens: 1}\n").profile);
}

TEST_F(ProfileScenario, SettingsFromTheCommandLine) {
  const std::string path = file(model);
  const auto load = [&](const std::string& key, const std::string& value) {
    ScenarioOverrides overrides;
    overrides.settings = {{key, value, "--set"}};
    return load_scenario(path, overrides).workload;
  };
  EXPECT_FALSE(load("workload.profile", "false").profile);
  EXPECT_EQ(load("workload.seed", "5").profile->seed, 5U);
  EXPECT_EQ(std::get<DecoderRequest>(load("workload.batch", "7").profile->network).run.batch, 7);
  EXPECT_EQ(std::get<DecoderRequest>(load("workload.dtype", "bfloat16").profile->network).run.dtype,
            NumberFormat::bfloat16);
}

TEST_F(ProfileScenario, WritesAndReadsBack) {
  expect_round_trip(file("workload: {torchscript: net.pt}\n"));
  expect_round_trip(
      file("workload: {torchscript: net.pt, inputs: ['1x3', '2x7:int64:0..49', '4:bool', '{a=none,\"b c,\"=[int:3]}'], "
           "operator_libraries: [more.so, lib/ops.so], repeat: 3, "
           "warmup: 1, seed: 7, threads: 2, sim_compute: true, dtype: int8, batch: 1, last_layer: x.1}\n"));
  expect_round_trip(file(model));
  expect_round_trip(file(model + "  sim_compute: true\n  dtype: int4\n  kv_dtype: int8\n  last_layer: norm\n"));
  expect_round_trip(file(model + "  routing: uniform_random\n  routing_seed: 3\n  call_empty_experts: false\n"));
  expect_round_trip(file(model + "  sampling: true\n  temperature: 0.7\n  top_k: 5\n  top_p: 0.5\n  warmup: 2\n"));
  expect_round_trip(file("workload: {model: model, profile: true, prompt_ids: ids.txt, output_tokens: 2}\n"));
}

TEST_F(ProfileScenario, WritesEveryDefault) {
  const Scenario scenario = load_scenario(file("workload: {torchscript: net.pt, inputs: [1x3]}\n"));
  EXPECT_EQ(replaced(scenario_yaml(scenario), folder_.str(), "DIR"),
            "name: s\n"
            "workload:\n"
            "  torchscript: DIR/net.pt\n"
            "  inputs: [1x3]\n"
            "  repeat: 1\n"
            "  warmup: 0\n"
            "  seed: 0\n"
            "  sim_compute: false\n"
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
