/// Settings from the command line on top of a scenario.
#include <gtest/gtest.h>

#include <filesystem>

#include "scenario/scenario_reader.hpp"
#include "scenario/scenario_writer.hpp"
#include "scenario_compare.hpp"
#include "support/temporary_folder.hpp"

namespace fs = std::filesystem;
using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class ScenarioOverridesTest : public testing::Test {
 protected:
  ScenarioOverridesTest() {
    use_source_data();
    for (const char* name : {"m.json", "t.jsonl", "d.yaml", "e.yaml", "away/n.json"}) folder_.write(name, "");
    file_ =
        folder_.write("s.yaml",
                      "workload:\n  model: m.json\n  prompt_tokens: 5\n  output_tokens: 3\nmapping: {q_proj: HOST}\n"
                      "architectures: [d.yaml]\n");
  }

  Scenario set(const std::vector<std::string>& settings) {
    ScenarioOverrides overrides;
    for (const std::string& text : settings) overrides.settings.push_back(parse_setting(text, "--set"));
    return load_scenario(file_, overrides);
  }

  std::string error(const std::string& setting) {
    return replaced(replaced(input_error([&] { set({setting}); }), file_, "F"), folder_.str(), "DIR");
  }

  TemporaryFolder folder_;
  std::string file_;
};

}  // namespace

TEST_F(ScenarioOverridesTest, ValuesAreReplacedAndAdded) {
  const Scenario scenario = set({"workload.batch=8", "workload.prompt_tokens=128", "mapping.k_proj=PIM-AI-4chip,t",
                                 "mapping.q_proj=H100", "simulation.segments=false", "name=5"});
  EXPECT_EQ(scenario.workload.batch, 8);
  EXPECT_EQ(scenario.workload.batch_where.str(), "--set");
  EXPECT_EQ(scenario.workload.run.prompt_tokens, 128);
  EXPECT_EQ(scenario.workload.run.output_tokens, 3);
  ASSERT_EQ(scenario.mapping.lines.size(), 2U);
  EXPECT_EQ(scenario.mapping.lines[0].device, "H100");
  EXPECT_EQ(scenario.mapping.lines[1].layer, "k_proj");
  EXPECT_EQ(scenario.mapping.lines[1].flags, "t");
  EXPECT_FALSE(scenario.simulation.segments);
  EXPECT_EQ(scenario.name, "5");
}

TEST_F(ScenarioOverridesTest, LaterOnesWin) {
  EXPECT_EQ(set({"workload.batch=8", "workload.batch=9"}).workload.batch, 9);
  EXPECT_EQ(set({"moe.end=w2", "moe={end: w3, experts_per_token: 2}"}).moe->end, "w3");
}

TEST_F(ScenarioOverridesTest, ValuesMayHoldEqualSigns) {
  EXPECT_EQ(set({"name=a=b"}).name, "a=b");
}

TEST_F(ScenarioOverridesTest, PathsAreRelativeToTheWorkingFolder) {
  fs::current_path(folder_.path("away"));
  EXPECT_EQ(set({"workload.model=n.json"}).workload.model, "n.json");
  EXPECT_EQ(set({"architectures=[../e.yaml]"}).architectures, std::vector<std::string>{"../e.yaml"});
  EXPECT_EQ(set({}).workload.model, folder_.path("m.json")) << "those of the file stay relative to it";
}

TEST_F(ScenarioOverridesTest, ArchitecturesComeAfterTheFiles) {
  ScenarioOverrides overrides;
  overrides.architectures = {folder_.path("e.yaml")};
  EXPECT_EQ(load_scenario(file_, overrides).architectures,
            (std::vector<std::string>{folder_.path("d.yaml"), folder_.path("e.yaml")}));
  overrides.architectures = {folder_.path("none.yaml")};
  EXPECT_EQ(input_error([&] { load_scenario(file_, overrides); }), folder_.path("none.yaml") + ": no such file");
}

TEST_F(ScenarioOverridesTest, AnEmptyFileCanBeFilled) {
  file_ = folder_.write("s.yaml", "");
  EXPECT_EQ(set({"workload.trace=" + folder_.path("t.jsonl")}).workload.trace, folder_.path("t.jsonl"));
  EXPECT_EQ(error("workload.batch=8"),
            "--set: workload: has neither a model nor a trace; expected one of them, or a torchscript or exported");
}

TEST_F(ScenarioOverridesTest, Settings) {
  const auto setting_error = [](const std::string& text) { return input_error([&] { parse_setting(text, "--set"); }); };
  EXPECT_EQ(setting_error("workload.batch"),
            "--set: 'workload.batch' sets nothing; expected key=value, such as workload.batch=8");
  EXPECT_EQ(setting_error("=8"), "--set: '=8' sets nothing; expected key=value, such as workload.batch=8");
  EXPECT_EQ(setting_error(""), "--set: '' sets nothing; expected key=value, such as workload.batch=8");
  const ScenarioOverrides::Setting setting = parse_setting("a.b=c=d", "--set");
  EXPECT_EQ(setting.key, "a.b");
  EXPECT_EQ(setting.value, "c=d");
  EXPECT_EQ(setting.option, "--set");
}

TEST_F(ScenarioOverridesTest, Messages) {
  EXPECT_EQ(error("workload..batch=8"), "--set: 'workload..batch' has an empty part; expected key.key=value");
  EXPECT_EQ(error("workload.=8"), "--set: 'workload.' has an empty part; expected key.key=value");
  EXPECT_EQ(error(".batch=8"), "--set: '.batch' has an empty part; expected key.key=value");
  EXPECT_EQ(error("workload.model.path=x"),
            "--set: workload.model.path: 'workload.model' is a value and has no key 'path'");
  EXPECT_EQ(
      error("workload.bacth=8"),
      "--set: workload.bacth: unknown key; expected one of model, torchscript, exported, trace, profile, dtype, "
      "weight_dtype, "
      "kv_dtype, "
      "batch, prompt_tokens, output_tokens, requests, attention, logits, sampling, routing, routing_seed, "
      "routing_exponent, "
      "call_empty_experts, detail, last_layer, prompt_ids, temperature, top_k, top_p, inputs, operator_libraries, "
      "repeat, warmup, seed, "
      "threads, sim_compute; did you mean 'batch'?");
  EXPECT_EQ(error("wokload.batch=8"),
            "--set: wokload: unknown key; expected one of name, workload, platform, mapping, parallel, moe, "
            "collectives, offload, serving, architectures, "
            "simulation, cost; did "
            "you mean 'workload'?");
  EXPECT_EQ(error("workload.batch={a: 1"), "--set: workload.batch: not YAML: end of map flow not found");
  EXPECT_EQ(error("workload.batch=0"), "--set: workload.batch: '0'; expected a whole number from 1 to 1000000");
  EXPECT_EQ(error("workload.batch="), "--set: workload.batch: nothing; expected a whole number from 1 to 1000000");
  EXPECT_EQ(error("workload.dtype=bfloat61"),
            "--set: workload.dtype: unknown value 'bfloat61'; expected one of int4, int8, fp8, mxfp4, nvfp4, float16, "
            "bfloat16, float32, int4-g128, int4-g64, int4-g32, nf4 and 5 more; "
            "did you mean 'bfloat16'?");
  EXPECT_EQ(error("workload=5"), "--set: workload: '5'; expected a mapping of keys to values");
  EXPECT_EQ(error("workload.trace=" + folder_.path("t.jsonl")),
            "F:1: workload: has both model and trace; expected one of them");
  EXPECT_EQ(error("workload.model=none.json"), "--set: workload.model: no such file: none.json");
  EXPECT_EQ(error("workload.model=" + file_),
            "--set: workload.model: the scenario names itself; expected another file");
  EXPECT_EQ(error("mapping.q_proj="),
            "--set: mapping.q_proj: empty; expected a device, or a device and flags such as PIM-AI-4chip,t");
  EXPECT_EQ(error("mapping.q_proj=,t"), "--set: mapping.q_proj: not YAML: a comma outside of a list or mapping");
  EXPECT_EQ(error("mapping.q_proj=',t'"),
            "--set: mapping.q_proj: no device before the comma; expected one such as PIM-AI-4chip,t");
  EXPECT_EQ(error("architectures=[none.yaml]"), "--set: architectures[0]: no such file: none.yaml");
  EXPECT_EQ(error("architectures[0]=e.yaml"),
            "--set: architectures[0]: unknown key; expected one of name, workload, platform, mapping, parallel, moe, "
            "collectives, offload, serving, "
            "architectures, "
            "simulation, cost; did you mean 'architectures'?");
}

TEST_F(ScenarioOverridesTest, MachinesOfManyDevices) {
  const Scenario scenario =
      set({"platform=" + folder_.path("t.jsonl"), "mapping.layers={0..3: H100, 4: HOST}",
           "mapping.decode.default=dimm[0..7]", "simulation.schedule=dataflow", "simulation.chunks=4"});
  EXPECT_EQ(scenario.platform, folder_.path("t.jsonl"));
  EXPECT_EQ(scenario.platform_where.str(), "--set");
  ASSERT_EQ(scenario.mapping.layers.size(), 2U);
  EXPECT_EQ(scenario.mapping.layers[1].first, 4);
  EXPECT_EQ(scenario.mapping_of(Phase::Decode).default_device->device, "dimm[0..7]");
  EXPECT_EQ(scenario.simulation.chunks, 4);
  EXPECT_EQ(error("platform=none.yaml"), "--set: platform: no such file: none.yaml");
  EXPECT_EQ(error("mapping.layers={0..3: H100, 3: HOST}"),
            "--set: mapping.layers.3: has layers in common with 0..3; expected each layer once");
  EXPECT_EQ(error("mapping.layers.0..3=H100"),
            "--set: 'mapping.layers.0..3' has an empty part; expected key.key=value");
  EXPECT_EQ(error("simulation.chunks=4"),
            "--set: simulation.chunks: needs simulation.schedule: dataflow; expected that, or 1 with sequential");
}

TEST_F(ScenarioOverridesTest, OptionsAreNamed) {
  ScenarioOverrides overrides;
  overrides.settings.push_back({"workload.dtype", "int5", "--dtype"});
  EXPECT_EQ(input_error([&] { load_scenario(file_, overrides); }),
            "--dtype: workload.dtype: unknown value 'int5'; expected one of int4, int8, fp8, mxfp4, nvfp4, float16, "
            "bfloat16, float32, int4-g128, int4-g64, int4-g32, nf4 and 5 more; did "
            "you mean 'int4'?");
}

TEST_F(ScenarioOverridesTest, FiguresOfThePlatform) {
  folder_.write("s.yaml", "platform: d.yaml\nworkload: {trace: t.jsonl}\n");
  const Scenario scenario = set({"platform.devices.gpu.mem_bw_GBs=4800", "platform.networks.nv.bw_GBs=900"});
  EXPECT_EQ(scenario.platform, folder_.path("d.yaml"));
  EXPECT_EQ(scenario.platform_where.line, 1);
  EXPECT_EQ(emit_yaml(scenario.platform_changes),
            "devices:\n  gpu:\n    mem_bw_GBs: 4800\nnetworks:\n  nv:\n    bw_GBs: 900\n");
  const YamlNode& change = scenario.platform_changes.find("devices")->entries[0].second.entries[0].second;
  EXPECT_EQ(change.where.str() + ": " + change.key, "--set: platform.devices.gpu.mem_bw_GBs");

  // The same in the file, which settings go on top of.
  const std::string written = folder_.write("u.yaml", scenario_yaml(scenario));
  expect_same(load_scenario(written), scenario);
  file_ = written;
  const Scenario both = set({"platform.devices.gpu.mem_bw_GBs=1", "platform.host.capacity_GB=2"});
  EXPECT_EQ(emit_yaml(both.platform_changes),
            "host:\n  capacity_GB: 2\ndevices:\n  gpu:\n    mem_bw_GBs: 1\nnetworks:\n  nv:\n    bw_GBs: 900\n");
  EXPECT_EQ(set({"platform.file=" + folder_.path("e.yaml")}).platform, folder_.path("e.yaml"));
  EXPECT_EQ(set({"platform=" + folder_.path("e.yaml")}).platform_changes.kind, YamlNode::Kind::Null)
      << "another platform has nothing of the first";
  EXPECT_EQ(
      error("platform.device.gpu.mem_bw_GBs=1"),
      "--set: platform.device: unknown key; expected one of file, host, cost, links, devices, networks; did you mean "
      "'devices'?");
  folder_.write("s.yaml", "workload: {trace: t.jsonl}\n");
  file_ = folder_.path("s.yaml");
  EXPECT_EQ(error("platform.devices.gpu.mem_bw_GBs=1"), "--set: platform.file: missing; expected a value");
}

TEST_F(ScenarioOverridesTest, FiguresOfProfilesGoBesideTheListOfFiles) {
  const Scenario scenario = set({"architectures.H100.mem_bw_GBs=4800", "architectures.PIM-AI-4chip.cores=3"});
  ASSERT_EQ(scenario.architectures.size(), 1U);
  EXPECT_EQ(scenario.architectures[0], folder_.path("d.yaml"));
  ASSERT_EQ(scenario.architecture_changes.entries.size(), 2U);
  EXPECT_EQ(scenario.architecture_changes.find("H100")->find("mem_bw_GBs")->scalar, "4800");
  EXPECT_EQ(scenario.architecture_changes.find("PIM-AI-4chip")->find("cores")->key, "architectures.PIM-AI-4chip.cores");
  const Scenario again = load_scenario(folder_.write("again.yaml", scenario_yaml(scenario)));
  expect_same(scenario, again);
  EXPECT_EQ(set({"architectures.files=[" + folder_.path("d.yaml") + "]"}).architecture_changes.kind,
            YamlNode::Kind::Null);
  EXPECT_EQ(error("architectures.H100=5"),
            "--set: architectures.H100: no figures; expected a mapping, such as {mem_bw_GBs: 4800}");
  EXPECT_EQ(error("architectures.files=5"), "--set: architectures.files: '5'; expected a list");
  EXPECT_EQ(error("architectures.files=[f.yaml]"), "--set: architectures.files[0]: no such file: f.yaml");
}
