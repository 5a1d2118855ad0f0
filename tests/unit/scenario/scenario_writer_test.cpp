#include "scenario/scenario_writer.hpp"

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
            "  logits: all\n"
            "  sampling: false\n"
            "  routing: round_robin\n"
            "  routing_seed: 0\n"
            "  call_empty_experts: true\n"
            "  last_layer: lm_head\n"
            "mapping:\n"
            "  default: HOST\n"
            "  q_proj: PIM-AI-4chip,t\n"
            "simulation:\n"
            "  cost_model: roofline\n"
            "  schedule: sequential\n"
            "  segments: true\n");
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
            "  segments: true\n");
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

TEST_F(ScenarioWriterTest, NamesThatLookLikeSomethingElseReadBack) {
  for (const char* name : {"5", "true", "~", "null", ".inf", "- a", "a: b", " a ", "[a]", "#", "0x10", "1e3", "''"}) {
    Scenario scenario = load_scenario(folder_.write("s.yaml", "workload: {trace: t.jsonl}\n"));
    scenario.name = name;
    const Scenario again = load_scenario(folder_.write("again.yaml", scenario_yaml(scenario)));
    EXPECT_EQ(again.name, name);
  }
}
