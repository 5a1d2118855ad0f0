/// Every message that a wrong scenario gives, in full.
#include "scenario_errors.hpp"

#include <filesystem>

namespace fs = std::filesystem;
using namespace upmem_des;
using namespace upmem_des::test;

namespace {

const std::string model = "workload:\n  model: m.json\n  prompt_tokens: 5\n  output_tokens: 3\n";
const std::string count_range = "; expected a whole number from 1 to 1000000000";
const std::string rows_range = "; expected a whole number from 1 to 1000000";
const std::string tokens_range = "; expected a whole number from 1 to 100000000";
const std::string workload_keys =
    "model, torchscript, exported, trace, profile, dtype, weight_dtype, kv_dtype, batch, prompt_tokens, output_tokens, "
    "requests, "
    "attention, logits, "
    "sampling, routing, routing_seed, routing_exponent, call_empty_experts, detail, last_layer, prompt_ids, "
    "temperature, "
    "top_k, top_p, inputs, operator_libraries, "
    "repeat, warmup, seed, threads, sim_compute";

}  // namespace

TEST_F(ScenarioErrors, Files) {
  EXPECT_EQ(error_of(folder_.path("none.yaml")), "F: no such file");
  EXPECT_EQ(error_of("no-such-scenario.yaml"), "F: no such file");
  EXPECT_EQ(error_of(folder_.make_folder("folder.yaml")), "F: a folder; expected a YAML file");
  expect_messages("",
                  {
                      {"", "F: empty; expected a scenario"},
                      {"# only\n# comments\n", "F: empty; expected a scenario"},
                      {"---\n", "F: empty; expected a scenario"},
                      {std::string("\x1f\x8b\x08\0\0", 5), "F: not a text file; expected YAML"},
                      {"workload: {model: m.json,\n  prompt_tokens", "F:2: not YAML: end of map flow not found"},
                      {"workload:\n\ttrace: t.jsonl\n", "F:2: not YAML: illegal map value"},
                      {trace + "---\n" + trace, "F:2: a second document; expected one"},
                      {trace + trace, "F:2: workload: duplicate key, first given on line 1; expected it once"},
                      {"- workload\n", "F:1: a list; expected a mapping of keys to values"},
                      {"workload\n", "F:1: 'workload'; expected a mapping of keys to values"},
                      {"{}\n", "F:1: workload: missing; expected a value"},
                      {"name: x\nworkolad: {}\n", "F:1: workload: missing; expected a value (there is a 'workolad')"},
                  });
}

TEST_F(ScenarioErrors, TopLevel) {
  expect_messages(
      trace,
      {
          {"maping: {}\n",
           "F:2: maping: unknown key; expected one of name, workload, platform, mapping, parallel, moe, collectives, "
           "offload, serving, architectures, simulation, cost; did "
           "you mean 'mapping'?"},
          {"colour: red\n",
           "F:2: colour: unknown key; expected one of name, workload, platform, mapping, parallel, moe, collectives, "
           "offload, serving, architectures, simulation, cost"},
          {"name:\n", "F:2: name: nothing; expected a text"},
          {"name: ''\n", "F:2: name: empty; expected a text"},
          {"name: [a]\n", "F:2: name: a list; expected a text"},
      });
}

TEST_F(ScenarioErrors, Workload) {
  expect_messages(
      "",
      {
          {"workload:\n", "F:1: workload: nothing; expected a mapping of keys to values"},
          {"workload: t.jsonl\n", "F:1: workload: 't.jsonl'; expected a mapping of keys to values"},
          {"workload: [t.jsonl]\n", "F:1: workload: a list; expected a mapping of keys to values"},
          {"name: x\nworkload: {}\n",
           "F:2: workload: has neither a model nor a trace; expected one of them, or a torchscript or exported"},
          {"workload: {batch: 1}\n",
           "F:1: workload: has neither a model nor a trace; expected one of them, or a torchscript or exported"},
          {"workload: {model: m.json, trace: t.jsonl}\n",
           "F:1: workload: has both model and trace; expected one of them"},
          {"workload:\n  model: none.json\n", "F:2: workload.model: no such file: DIR/none.json"},
          {"workload:\n  trace: /none/t.jsonl\n", "F:2: workload.trace: no such file: /none/t.jsonl"},
          {"workload:\n  model:\n", "F:2: workload.model: nothing; expected a text"},
          {"workload:\n  trace: ''\n", "F:2: workload.trace: empty; expected a text"},
          {"workload:\n  trace: [t.jsonl]\n", "F:2: workload.trace: a list; expected a text"},
          {"workload: {model: m.json}\n", "F:1: workload.prompt_tokens: missing; expected a value"},
          {"workload: {model: m.json, prompt_tokens: 5}\n", "F:1: workload.output_tokens: missing; expected a value"},
          {"workload: {model: m.json, promt_tokens: 5}\n",
           "F:1: workload.prompt_tokens: missing; expected a value (there is a 'promt_tokens')"},
      });
  expect_messages(model, {
                             {"  bacth: 2\n", "F:5: workload.bacth: unknown key; expected one of " + workload_keys +
                                                  "; did you mean 'batch'?"},
                             {"  colour: red\n", "F:5: workload.colour: unknown key; expected one of " + workload_keys},
                             {"  last_layer:\n", "F:5: workload.last_layer: nothing; expected a text"},
                             {"  batch: 2\n  batch: 3\n",
                              "F:6: workload.batch: duplicate key, first given on line 5; expected it once"},
                         });
}

TEST_F(ScenarioErrors, Counts) {
  for (const std::string bad : {"0", "-1", "1.5", "1e3", "1e400", ".inf", ".nan", "1000000001",
                                "99999999999999999999999", "0x10", "1_000", "12GB", "many", "true"}) {
    const std::string quoted = "'" + bad + "'";
    EXPECT_EQ(error(model + "  batch: " + bad + "\n"), "F:5: workload.batch: " + quoted + rows_range);
    EXPECT_EQ(error(replaced(model, "prompt_tokens: 5", "prompt_tokens: " + bad)),
              "F:3: workload.prompt_tokens: " + quoted + tokens_range);
    EXPECT_EQ(error(replaced(model, "output_tokens: 3", "output_tokens: " + bad)),
              "F:4: workload.output_tokens: " + quoted + tokens_range);
    EXPECT_EQ(error(trace + "simulation: {num_key_value_heads: " + bad + "}\n"),
              "F:2: simulation.num_key_value_heads: " + quoted + count_range);
    EXPECT_EQ(error(trace + "simulation: {sliding_window: " + bad + "}\n"),
              "F:2: simulation.sliding_window: " + quoted + count_range);
    EXPECT_EQ(error(trace + "moe: {end: w2, experts_per_token: " + bad + "}\n"),
              "F:2: moe.experts_per_token: " + quoted + "; expected a whole number from 1 to 10000");
    const std::string seed_range = "; expected a whole number from 0 to 1000000000";
    EXPECT_EQ(error(model + "  routing_seed: " + bad + "\n"),
              bad == "0" ? "no error" : "F:5: workload.routing_seed: " + quoted + seed_range);
  }
  expect_messages(model, {
                             {"  batch: '2'\n", "F:5: workload.batch: '2'" + rows_range},
                             {"  batch: [2]\n", "F:5: workload.batch: a list" + rows_range},
                             {"  batch: {}\n", "F:5: workload.batch: a mapping" + rows_range},
                             {"  batch:\n", "F:5: workload.batch: nothing" + rows_range},
                             {"  batch: +2\n", "no error"},
                             {"  batch: 1000000\n", "no error"},
                         });
}

TEST_F(ScenarioErrors, Choices) {
  expect_messages(
      model,
      {
          {"  dtype: bfloat61\n",
           "F:5: workload.dtype: unknown value 'bfloat61'; expected one of int4, int8, fp8, mxfp4, nvfp4, float16, "
           "bfloat16, float32, int4-g128, int4-g64, int4-g32, nf4 and 5 more; did "
           "you mean 'bfloat16'?"},
          {"  dtype: complex\n",
           "F:5: workload.dtype: unknown value 'complex'; expected one of int4, int8, fp8, mxfp4, nvfp4, float16, "
           "bfloat16, float32, int4-g128, int4-g64, int4-g32, nf4 and 5 more"},
          {"  dtype: 8\n",
           "F:5: workload.dtype: unknown value '8'; expected one of int4, int8, fp8, mxfp4, nvfp4, float16, bfloat16, "
           "float32, int4-g128, int4-g64, int4-g32, nf4 and 5 more; did you mean 'fp8'?"},
          {"  dtype:\n", "F:5: workload.dtype: nothing; expected a text"},
          {"  kv_dtype: int16\n",
           "F:5: workload.kv_dtype: unknown value 'int16'; expected one of int4, int8, fp8, mxfp4, nvfp4, float16, "
           "bfloat16, float32, int4-g128, int4-g64, int4-g32, nf4 and 5 more; did "
           "you mean 'int4'?"},
          {"  attention: eagre\n",
           "F:5: workload.attention: unknown value 'eagre'; expected one of sdpa, eager; did you mean 'eager'?"},
          {"  attention: flash\n", "F:5: workload.attention: unknown value 'flash'; expected one of sdpa, eager"},
          {"  logits: lats\n",
           "F:5: workload.logits: unknown value 'lats'; expected one of all, last; did you mean 'last'?"},
          {"  routing: round-robin\n",
           "F:5: workload.routing: unknown value 'round-robin'; expected one of round_robin, balanced, uniform_random, "
           "zipf; did you "
           "mean 'round_robin'?"},
          {"simulation: {schedule: sequental}\n",
           "F:5: simulation.schedule: unknown value 'sequental'; expected one of sequential, dataflow; did you mean "
           "'sequential'?"},
          {"simulation: {cost_model: [roofline]}\n", "F:5: simulation.cost_model: a list; expected a text"},
      });
}

TEST_F(ScenarioErrors, Truths) {
  for (const std::string key : {"sampling", "call_empty_experts"})
    for (const std::string bad : {"1", "0", "yes", "True", "maybe"})
      EXPECT_EQ(error(model + "  " + key + ": " + bad + "\n"),
                "F:5: workload." + key + ": '" + bad + "'; expected true or false");
  EXPECT_EQ(error(trace + "simulation: {segments: 0}\n"), "F:2: simulation.segments: '0'; expected true or false");
  EXPECT_EQ(error(trace + "simulation: {segments: 'false'}\n"),
            "F:2: simulation.segments: 'false'; expected true or false");
  EXPECT_EQ(error(trace + "simulation: {segments: }\n"), "F:2: simulation.segments: nothing; expected true or false");
}

TEST_F(ScenarioErrors, WhatDoesNotGoWithATrace) {
  const Case keys[] = {{"prompt_tokens", "5"}, {"output_tokens", "3"},        {"attention", "sdpa"},
                       {"logits", "all"},      {"sampling", "true"},          {"routing", "round_robin"},
                       {"routing_seed", "1"},  {"call_empty_experts", "true"}};
  for (const Case& each : keys)
    EXPECT_EQ(error("workload:\n  trace: t.jsonl\n  " + each.text + ": " + each.message + "\n"),
              "F:3: workload." + each.text +
                  ": does not go with a trace, which says so itself; expected it with a model only");
}

TEST_F(ScenarioErrors, Platform) {
  expect_messages(trace, {
                             {"platform:\n", "F:2: platform: nothing; expected a text"},
                             {"platform: [d.yaml]\n", "F:2: platform: a list; expected a text"},
                             {"platform: none.yaml\n", "F:2: platform: no such file: DIR/none.yaml"},
                             {"platform: s.yaml\n", "F:2: platform: the scenario names itself; expected another file"},
                             {"platform: d.yaml\n", "no error"},
                         });
}

TEST_F(ScenarioErrors, Moe) {
  expect_messages(trace,
                  {
                      {"moe: {experts_per_token: 2}\n", "F:2: moe.end: missing; expected a value"},
                      {"moe: {end: w2}\n", "F:2: moe.experts_per_token: missing; expected a value"},
                      {"moe: {end: , experts_per_token: 2}\n", "F:2: moe.end: nothing; expected a text"},
                      {"moe: {end: w2, experts_per_tokens: 2}\n",
                       "F:2: moe.experts_per_token: missing; expected a value (there is a 'experts_per_tokens')"},
                      {"moe: {end: w2, experts_per_token: 2, ends: w3}\n",
                       "F:2: moe.ends: unknown key; expected one of end, experts_per_token; did you mean 'end'?"},
                      {"moe:\n", "F:2: moe: nothing; expected a mapping of keys to values"},
                      {"moe: w2\n", "F:2: moe: 'w2'; expected a mapping of keys to values"},
                  });
}

TEST_F(ScenarioErrors, Architectures) {
  expect_messages(
      trace, {
                 {"architectures: d.yaml\n", "F:2: architectures: 'd.yaml'; expected a list"},
                 {"architectures:\n", "F:2: architectures: nothing; expected a list"},
                 {"architectures:\n  - d.yaml\n  - none.yaml\n", "F:4: architectures[1]: no such file: DIR/none.yaml"},
                 {"architectures: [[d.yaml]]\n", "F:2: architectures[0]: a list; expected a text"},
                 {"architectures: ['']\n", "F:2: architectures[0]: empty; expected a text"},
             });
}

TEST_F(ScenarioErrors, Simulation) {
  expect_messages(trace,
                  {
                      {"simulation: roofline\n", "F:2: simulation: 'roofline'; expected a mapping of keys to values"},
                      {"simulation: []\n", "F:2: simulation: a list; expected a mapping of keys to values"},
                      {"simulation:\n  costmodel: roofline\n",
                       "F:3: simulation.costmodel: unknown key; expected one of cost_model, schedule, segments, "
                       "num_key_value_heads, sliding_window, prefetch_weights, chunks, microbatches, "
                       "interleave, unknown_operators, allow_overflow, "
                       "ideal_links, ideal_devices, faster, step_overhead_us, per_sequence_overhead_us; did you mean "
                       "'cost_model'?"},
                  });
  for (const std::string bad : {"1", "yes", "'true'", "64", "''"})
    EXPECT_EQ(error(trace + "simulation: {schedule: dataflow, prefetch_weights: " + bad + "}\n"),
              "F:2: simulation.prefetch_weights: '" + replaced(bad, "'", "") + "'" +
                  "; expected true, false or {buffer_MB: SIZE}");
  for (const std::string key : {"allow_overflow", "ideal_links", "ideal_devices"})
    for (const std::string bad : {"1", "yes", "'true'"})
      EXPECT_EQ(error(trace + "simulation: {schedule: dataflow, " + key + ": " + bad + "}\n"),
                "F:2: simulation." + key + ": '" + replaced(bad, "'", "") + "'; expected true or false");
  for (const std::string bad : {"0", "-1", "1.5", "1e3", ".inf", ".nan", "4097", "99999999999999999999", "many"}) {
    EXPECT_EQ(error(trace + "simulation:\n  schedule: dataflow\n  chunks: " + bad + "\n"),
              "F:4: simulation.chunks: '" + bad + "'; expected a whole number from 1 to 1024");
    EXPECT_EQ(error(trace + "simulation:\n  schedule: dataflow\n  microbatches: " + bad + "\n"),
              "F:4: simulation.microbatches: '" + bad + "'; expected a whole number from 1 to 4096");
    EXPECT_EQ(error(trace + "simulation:\n  schedule: dataflow\n  interleave: " + bad + "\n"),
              "F:4: simulation.interleave: '" + bad + "'; expected a whole number from 1 to 4096");
  }
}

TEST_F(ScenarioErrors, WorkOfTheHost) {
  for (const std::string key : {"step_overhead_us", "per_sequence_overhead_us"}) {
    for (const std::string bad : {"-1", "1.1e9", "1e400", ".inf", ".nan", "many", "'8'", "true"})
      EXPECT_EQ(
          error(trace + "simulation: {" + key + ": " + bad + "}\n"),
          "F:2: simulation." + key + ": '" + replaced(bad, "'", "") + "'; expected a number from 0 to 1000000000");
    EXPECT_EQ(error(trace + "simulation: {" + key + ": }\n"),
              "F:2: simulation." + key + ": nothing; expected a number from 0 to 1000000000");
    for (const char* good : {"0", "0.001", "1e9"})
      EXPECT_EQ(error(trace + "simulation: {" + key + ": " + good + "}\n"), "no error");
  }
}

TEST_F(ScenarioErrors, Faster) {
  for (const std::string key : {"memory", "arithmetic", "links"}) {
    for (const std::string bad : {"0", "-1", "9e-7", "1.1e6", ".inf", ".nan", "twice", "'2'", "true"})
      EXPECT_EQ(error(trace + "simulation: {faster: {" + key + ": " + bad + "}}\n"),
                "F:2: simulation.faster." + key + ": '" + replaced(bad, "'", "") +
                    "'; expected a number from 1e-06 to 1000000");
    for (const char* good : {"1e-6", "0.5", "2", "1e6"})
      EXPECT_EQ(error(trace + "simulation: {faster: {" + key + ": " + good + "}}\n"), "no error");
  }
  EXPECT_EQ(error(trace + "simulation: {faster: {memmory: 2}}\n"),
            "F:2: simulation.faster.memmory: unknown key; expected one of memory, arithmetic, links; did you mean "
            "'memory'?");
}

TEST_F(ScenarioErrors, Detail) {
  const std::string published = "simulation: {cost_model: reference}\n";
  EXPECT_EQ(error(model + "  detail: kernel\n"),
            "F:5: workload.detail: unknown value 'kernel'; expected one of layers, kernels; did you mean 'kernels'?");
  EXPECT_EQ(
      error(model + "  detail: kernels\n" + published),
      "F:5: workload.detail: 'kernels' does not go with cost model reference, which knows layers; expected layers, "
      "or cost_model: roofline");
  EXPECT_EQ(error(model + "  detail: layers\n" + published), "no error");
  EXPECT_EQ(error(model + "  detail: kernels\n"), "no error");
  EXPECT_EQ(
      error("workload:\n  trace: t.jsonl\n  detail: layers\n"),
      "F:3: workload.detail: does not go with a trace, which says so itself; expected it with a model that is not "
      "profiled");
  EXPECT_EQ(error(model + "  profile: true\n  detail: layers\n"),
            "F:6: workload.detail: does not go with profile: true; expected it with a model that is not profiled");
  EXPECT_EQ(error("workload:\n  torchscript: m.json\n  detail: layers\n"),
            "F:3: workload.detail: does not go with torchscript; expected it with a model that is not profiled");
}

TEST_F(ScenarioErrors, BuffersForWeights) {
  const std::string key = "simulation.prefetch_weights";
  for (const std::string bad : {"0", "-1", "1e-7", "1.1e9", "1e400", ".inf", ".nan", "many", "'8'", "true"})
    EXPECT_EQ(
        error(trace + "simulation:\n  schedule: dataflow\n  prefetch_weights: {buffer_MB: " + bad + "}\n"),
        "F:4: " + key + ".buffer_MB: '" + replaced(bad, "'", "") + "'; expected a number from 1e-06 to 1000000000");
  expect_messages(
      trace + "simulation:\n  schedule: dataflow\n",
      {
          {"  prefetch_weights: {}\n", "F:4: " + key + ".buffer_MB: missing; expected a value"},
          {"  prefetch_weights:\n", "F:4: " + key + ": nothing; expected true, false or {buffer_MB: SIZE}"},
          {"  prefetch_weights: [8]\n", "F:4: " + key + ": a list; expected true, false or {buffer_MB: SIZE}"},
          {"  prefetch_weights: {buffer_MB: [8]}\n",
           "F:4: " + key + ".buffer_MB: a list; expected a number from 1e-06 to 1000000000"},
          {"  prefetch_weights: {buffer_mb: 8, buffer_MB: 8}\n",
           "F:4: " + key + ".buffer_mb: unknown key; expected one of buffer_MB; did you mean 'buffer_MB'?"},
          {"  prefetch_weights: {buffer_MB: 0.000001}\n", "no error"},
          {"  prefetch_weights: {buffer_MB: 1e9}\n", "no error"},
      });
}

TEST_F(ScenarioErrors, Offload) {
  for (const std::string what : {"weights", "kv_cache"})
    for (const std::string bad : {"0", "-0.5", "1.01", "1e400", ".inf", ".nan", "half", "'1'", "true"})
      EXPECT_EQ(
          error(trace + "offload:\n  " + what + ": {to: HOST, share: " + bad + "}\n"),
          "F:3: offload." + what + ".share: '" + replaced(bad, "'", "") + "'; expected a number above 0 and at most 1");
  expect_messages(
      trace,
      {
          {"offload: HOST\n", "F:2: offload: 'HOST'; expected a mapping of keys to values"},
          {"offload:\n", "F:2: offload: nothing; expected a mapping of keys to values"},
          {"offload: {}\n", "F:2: offload: empty; expected weights: DEVICES, kv_cache: DEVICES, or both"},
          {"offload: {weight: HOST}\n",
           "F:2: offload.weight: unknown key; expected one of weights, kv_cache; did you mean 'weights'?"},
          {"offload: {weights: [HOST]}\n",
           "F:2: offload.weights: a list; expected devices, or {to: DEVICES, share: SHARE}"},
          {"offload: {weights: }\n", "F:2: offload.weights: nothing; expected devices, or {to: DEVICES, share: SHARE}"},
          {"offload: {weights: ''}\n", "F:2: offload.weights: empty; expected a text"},
          {"offload: {weights: {share: 1}}\n", "F:2: offload.weights.to: missing; expected a value"},
          {"offload: {weights: {to: [HOST]}}\n", "F:2: offload.weights.to: a list; expected a text"},
          {"offload: {weights: {to: HOST, shares: 1}}\n",
           "F:2: offload.weights.shares: unknown key; expected one of to, share; did you mean 'share'?"},
          {"offload: {weights: HOST, kv_cache: {to: pool, share: 1}}\n", "no error"},
      });
}

TEST_F(ScenarioErrors, WhatNeedsTheDataflowSchedule) {
  const std::string needs = "needs simulation.schedule: dataflow; expected that, or ";
  expect_messages(
      trace + "simulation:\n",
      {
          {"  prefetch_weights: true\n", "F:3: simulation.prefetch_weights: " + needs + "false with sequential"},
          {"  prefetch_weights: {buffer_MB: 8}\n",
           "F:3: simulation.prefetch_weights: " + needs + "false with sequential"},
          {"  chunks: 2\n", "F:3: simulation.chunks: " + needs + "1 with sequential"},
          {"  microbatches: 2\n", "F:3: simulation.microbatches: " + needs + "1 with sequential"},
          {"  interleave: 2\n", "F:3: simulation.interleave: " + needs + "1 with sequential"},
          {"  chunks: 2\n  schedule: sequential\n", "F:3: simulation.chunks: " + needs + "1 with sequential"},
          {"  prefetch_weights: false\n  chunks: 1\n  microbatches: 1\n  interleave: 1\n", "no error"},
          {"  prefetch_weights: true\n  chunks: 1024\n  microbatches: 4096\n  schedule: dataflow\n", "no error"},
          {"  allow_overflow: true\n  ideal_links: true\n  ideal_devices: true\n", "no error"},
      });
}

TEST_F(ScenarioErrors, WhatDoesNotGoWithInterleave) {
  const std::string beside = "F:4: simulation.interleave: does not go with ";
  expect_messages(
      trace + "simulation:\n  schedule: dataflow\n",
      {
          {"  interleave: 2\n  microbatches: 2\n", beside + "microbatches above 1; expected one of the two"},
          {"  interleave: 2\n  chunks: 2\n", beside + "chunks above 1; expected one of the two"},
          {"  interleave: 2\n  prefetch_weights: true\n", beside + "prefetch_weights; expected one of the two"},
          {"  interleave: 4096\n  microbatches: 1\n  chunks: 1\n  prefetch_weights: false\n", "no error"},
          {"  interleave: 1\n  microbatches: 2\n  chunks: 2\n  prefetch_weights: true\n", "no error"},
      });
}

TEST_F(ScenarioErrors, AScenarioThatNamesItself) {
  const std::string itself = "the scenario names itself; expected another file";
  folder_.make_folder("sub");
  folder_.write("s.yaml", "");
  fs::create_symlink("s.yaml", folder_.path("link.yaml"));
  fs::create_hard_link(folder_.path("s.yaml"), folder_.path("hard.yaml"));
  for (const std::string name : {"s.yaml", "./s.yaml", "sub/../s.yaml", "link.yaml", "hard.yaml"}) {
    EXPECT_EQ(error("workload:\n  trace: " + name + "\n"), "F:2: workload.trace: " + itself) << name;
    EXPECT_EQ(error("workload:\n  model: " + name + "\n"), "F:2: workload.model: " + itself) << name;
    EXPECT_EQ(error(trace + "architectures: [" + name + "]\n"), "F:2: architectures[0]: " + itself) << name;
  }
  folder_.write("s.yaml", "workload: {trace: s.yaml}\n");
  EXPECT_EQ(error_of(folder_.path("link.yaml")), "F:1: workload.trace: " + itself) << "read through the link";
  fs::current_path(folder_.str());
  EXPECT_EQ(input_error([] { load_scenario("s.yaml"); }), "s.yaml:1: workload.trace: " + itself);
}
