/// Every message that a wrong workload of a profiled network gives, in full.
#include <gtest/gtest.h>

#include "scenario/scenario_reader.hpp"
#include "scenario_compare.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

const std::string script = "workload:\n  torchscript: net.pt\n";
const std::string model = "workload:\n  model: m.json\n  prompt_tokens: 5\n  output_tokens: 3\n";
const std::string profiled = "workload:\n  model: m.json\n  profile: true\n  prompt_tokens: 5\n  output_tokens: 3\n";
const std::string with_profile = "; expected it with torchscript, exported, or with a model and profile: true";
const std::string with_libtorch = "; expected it with torchscript, or with a model and profile: true";
const std::string with_file = "; expected it with torchscript or exported only";
const std::string with_model = "; expected it with a model only";
const std::string with_script = "; expected it with torchscript only";
const std::string with_profiled_model = "; expected it with a model and profile: true only";

class ProfileErrors : public testing::Test {
 protected:
  ProfileErrors() {
    use_source_data();
    for (const char* name : {"m.json", "t.jsonl", "net.pt", "ids.txt"}) folder_.write(name, "");
  }

  /// F is the scenario, DIR its folder.
  std::string error(const std::string& text) const {
    const std::string path = folder_.write("s.yaml", text);
    return replaced(replaced(input_error([&] { load_scenario(path); }), path, "F"), folder_.str(), "DIR");
  }

  TemporaryFolder folder_;
};

}  // namespace

TEST_F(ProfileErrors, Sources) {
  EXPECT_EQ(error("workload: {torchscript: net.pt, model: m.json}\n"),
            "F:1: workload: has both model and torchscript; expected one of them");
  EXPECT_EQ(error("workload: {torchscript: net.pt, trace: t.jsonl}\n"),
            "F:1: workload: has both torchscript and trace; expected one of them");
  EXPECT_EQ(error("workload:\n  torchscript: none.pt\n"), "F:2: workload.torchscript: no such file: DIR/none.pt");
  EXPECT_EQ(error("workload:\n  torchscript:\n"), "F:2: workload.torchscript: nothing; expected a text");
  EXPECT_EQ(error(profiled + "  prompt_ids: none.txt\n"),
            "F:4: workload.prompt_tokens: does not go with prompt_ids, "
            "which says so itself; expected one of them");
  EXPECT_EQ(error("workload:\n  model: m.json\n  profile: true\n  output_tokens: 3\n  prompt_ids: none.txt\n"),
            "F:5: workload.prompt_ids: no such file: DIR/none.txt");
  EXPECT_EQ(error("workload:\n  model: m.json\n  profile: true\n  output_tokens: 3\n"),
            "F:1: workload.prompt_tokens: missing; expected a value");
}

TEST_F(ProfileErrors, KeysOfModelsWithTorchScript) {
  for (const std::string key :
       {"prompt_tokens: 5", "output_tokens: 3", "attention: sdpa", "logits: all", "sampling: true",
        "routing: round_robin", "routing_seed: 1", "call_empty_experts: true", "profile: true"})
    EXPECT_EQ(error(script + "  " + key + "\n"),
              "F:3: workload." + key.substr(0, key.find(':')) + ": does not go with torchscript" + with_model);
  for (const std::string key : {"prompt_ids: ids.txt", "temperature: 1", "top_k: 1", "top_p: 1"})
    EXPECT_EQ(error(script + "  " + key + "\n"),
              "F:3: workload." + key.substr(0, key.find(':')) + ": does not go with torchscript" + with_profiled_model);
}

TEST_F(ProfileErrors, KeysWithAnArchiveOfTorchExport) {
  const std::string exported = "workload:\n  exported: net.pt\n";
  const auto told = [&](const std::string& key) { return error(exported + "  " + key + "\n"); };
  EXPECT_EQ(told("torchscript: net.pt"), "F:1: workload: has both torchscript and exported; expected one of them");
  EXPECT_EQ(told("prompt_tokens: 5"), "F:3: workload.prompt_tokens: does not go with exported" + with_model);
  EXPECT_EQ(told("top_k: 1"), "F:3: workload.top_k: does not go with exported" + with_profiled_model);
  EXPECT_EQ(told("operator_libraries: [net.pt]"),
            "F:3: workload.operator_libraries: does not go with exported" + with_script);
  EXPECT_EQ(told("sim_compute: false"), "F:3: workload.sim_compute: does not go with exported" + with_libtorch);
  EXPECT_EQ(told("repeat: 0"), "F:3: workload.repeat: '0'; expected a whole number from 1 to 1000000000");
  EXPECT_EQ(told("inputs: 1x3"), "F:3: workload.inputs: '1x3'; expected a list");
  EXPECT_EQ(told("seed: 3"), "no error");
  EXPECT_EQ(error("workload:\n  exported: none.pt2\n"), "F:2: workload.exported: no such file: DIR/none.pt2");
  EXPECT_EQ(error("workload:\n  exported: []\n"), "F:2: workload.exported: a list; expected a text");
}

TEST_F(ProfileErrors, KeysOfProfilesWithoutOne) {
  for (const std::string key : {"warmup: 1", "seed: 1", "threads: 1", "sim_compute: true"}) {
    const std::string name = "workload." + key.substr(0, key.find(':'));
    const std::string& with = key == "sim_compute: true" ? with_libtorch : with_profile;
    EXPECT_EQ(error(model + "  " + key + "\n"),
              "F:5: " + name + ": does not go with a model that is not profiled" + with);
    EXPECT_EQ(error("workload:\n  trace: t.jsonl\n  " + key + "\n"),
              "F:3: " + name + ": does not go with a trace, which says so itself" + with);
  }
  for (const std::string key : {"prompt_ids: ids.txt", "temperature: 1", "top_k: 1", "top_p: 1"}) {
    const std::string name = "workload." + key.substr(0, key.find(':'));
    EXPECT_EQ(error(model + "  " + key + "\n"),
              "F:5: " + name + ": does not go with a model that is not profiled" + with_profiled_model);
  }
  for (const std::string key : {"inputs: [1x3]", "operator_libraries: [net.pt]", "repeat: 2"}) {
    const std::string name = "workload." + key.substr(0, key.find(':'));
    const std::string& with = name == "workload.operator_libraries" ? with_script : with_file;
    EXPECT_EQ(error(model + "  " + key + "\n"),
              "F:5: " + name + ": does not go with a model that is not profiled" + with);
    EXPECT_EQ(error(profiled + "  " + key + "\n"), "F:6: " + name + ": does not go with a model" + with);
  }
  EXPECT_EQ(error("workload:\n  trace: t.jsonl\n  profile: true\n"),
            "F:3: workload.profile: does not go with a trace, which says so itself" + with_model);
}

TEST_F(ProfileErrors, SamplingOptionsNeedSampling) {
  for (const std::string key : {"temperature: 0.5", "top_k: 5", "top_p: 0.5"}) {
    EXPECT_EQ(error(profiled + "  " + key + "\n"),
              "F:6: workload." + key.substr(0, key.find(':')) +
                  ": does not go with the most likely token; expected it with sampling: true only");
    EXPECT_EQ(error(profiled + "  sampling: true\n  " + key + "\n"), "no error");
  }
}

TEST_F(ProfileErrors, Values) {
  const auto of_script = [&](const std::string& line) { return error(script + "  " + line + "\n"); };
  EXPECT_EQ(of_script("repeat: 0"), "F:3: workload.repeat: '0'; expected a whole number from 1 to 1000000000");
  EXPECT_EQ(of_script("warmup: -1"), "F:3: workload.warmup: '-1'; expected a whole number from 0 to 1000000000");
  EXPECT_EQ(of_script("seed: 1000000001"),
            "F:3: workload.seed: '1000000001'; expected a whole number from 0 to 1000000000");
  EXPECT_EQ(of_script("threads: 0"), "F:3: workload.threads: '0'; expected a whole number from 1 to 1024");
  EXPECT_EQ(of_script("threads: 1025"), "F:3: workload.threads: '1025'; expected a whole number from 1 to 1024");
  EXPECT_EQ(of_script("sim_compute: yes"), "F:3: workload.sim_compute: 'yes'; expected true or false");
  EXPECT_EQ(of_script("inputs: 1x3"), "F:3: workload.inputs: '1x3'; expected a list");
  EXPECT_EQ(
      of_script("inputs: [1x3, 1y]"),
      "F:3: workload.inputs[1]: '1y': '1y' is no size; expected sizes such as 1x3x32x32, then if need be a type and "
      "a range: 2x7:int64:0..49; or none, int:3, float:0.5, bool:true, str:text, [INPUT,…], (INPUT,…), "
      "{NAME=INPUT,…}");
  EXPECT_EQ(of_script("inputs: ['[1,2']"), "F:3: workload.inputs[0]: '[1,2': ends too early; expected ']' or ','");
  EXPECT_EQ(of_script("operator_libraries: net.pt"), "F:3: workload.operator_libraries: 'net.pt'; expected a list");
  EXPECT_EQ(of_script("operator_libraries: [net.pt, none.so]"),
            "F:3: workload.operator_libraries[1]: no such file: DIR/none.so");
  const auto sampled = [&](const std::string& line) { return error(profiled + "  sampling: true\n  " + line + "\n"); };
  EXPECT_EQ(sampled("temperature: 0"), "F:7: workload.temperature: '0'; expected a number from 1e-06 to 1000");
  EXPECT_EQ(sampled("temperature: .nan"), "F:7: workload.temperature: '.nan'; expected a number from 1e-06 to 1000");
  EXPECT_EQ(sampled("top_p: 1.1"), "F:7: workload.top_p: '1.1'; expected a number above 0 and at most 1");
  EXPECT_EQ(sampled("top_k: 0"), "F:7: workload.top_k: '0'; expected a whole number from 1 to 1000000000");
  EXPECT_EQ(error(replaced(profiled, "profile: true", "profile: maybe")),
            "F:3: workload.profile: 'maybe'; expected true or false");
}
