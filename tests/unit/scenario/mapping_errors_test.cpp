/// Every message that a wrong mapping gives, in full.
#include "scenario_errors.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

TEST_F(ScenarioErrors, Mapping) {
  const std::string empty = "empty; expected a device, or a device and flags such as PIM-AI-4chip,t";
  expect_messages(
      trace + "mapping:\n",
      {
          {"  q_proj:\n", "F:3: mapping.q_proj: " + empty},
          {"  q_proj: ''\n", "F:3: mapping.q_proj: " + empty},
          {"  q_proj: ~\n", "F:3: mapping.q_proj: " + empty},
          {"  default:\n", "F:3: mapping.default: " + empty},
          {"  q_proj: [HOST]\n",
           "F:3: mapping.q_proj: a list; expected a device such as PIM-AI-4chip,t, or {devices: …, split: …, flags: "
           "…}"},
          {"  q_proj: {device: HOST}\n",
           "F:3: mapping.q_proj.devices: missing; expected a value (there is a 'device')"},
          {"  q_proj: {}\n", "F:3: mapping.q_proj.devices: missing; expected a value"},
          {"  prefil: {default: H100}\n",
           "F:3: mapping.prefil: neither a section nor a layer's {devices: …, split: …, flags: …}; did you mean "
           "'prefill'?"},
          {"  q_proj:\n    devices:\n", "F:4: mapping.q_proj.devices: nothing; expected a text"},
          {"  q_proj: {devices: [HOST]}\n", "F:3: mapping.q_proj.devices: a list; expected a text"},
          {"  q_proj: {devices: 'HOST,t'}\n",
           "F:3: mapping.q_proj.devices: 'HOST,t' has a comma; expected devices joined by '+', and flags under flags"},
          {"  q_proj: {devices: HOST, flags: }\n", "F:3: mapping.q_proj.flags: nothing; expected a text"},
          {"  q_proj: {devices: HOST, flags: [t]}\n", "F:3: mapping.q_proj.flags: a list; expected a text"},
          {"  q_proj: {devices: HOST, flags: ''}\n", "F:3: mapping.q_proj.flags: empty; expected a text"},
          {"  q_proj: {devices: HOST, split: tensors}\n",
           "F:3: mapping.q_proj.split: unknown value 'tensors'; expected one of tensor, experts, replicas; did you "
           "mean "
           "'tensor'?"},
          {"  q_proj: {devices: HOST, split: }\n", "F:3: mapping.q_proj.split: nothing; expected a text"},
          {"  q_proj: {devices: HOST, splits: tensor}\n",
           "F:3: mapping.q_proj.splits: unknown key; expected one of devices, split, replicas, context, "
           "sequence_parallel, groups, shares, flags; did you "
           "mean 'split'?"},
          {"  q_proj: ,t\n", "F:3: not YAML: end of map not found"},
          {"  q_proj: ',t'\n", "F:3: mapping.q_proj: no device before the comma; expected one such as PIM-AI-4chip,t"},
          {"  k_proj: HOST\n  q_proj: ','\n",
           "F:4: mapping.q_proj: no device before the comma; expected one such as PIM-AI-4chip,t"},
          {"  default: HOST,t\n",
           "F:3: mapping.default: flags on the default device; expected them on named layers only"},
          {"  default: {devices: HOST, flags: t}\n",
           "F:3: mapping.default: flags on the default device; expected them on named layers only"},
          {"  default: HOST,,t\n",
           "F:3: mapping.default: flags on the default device; expected them on named layers only"},
          {"  q_proj: HOST\n  q_proj: HOST\n",
           "F:4: mapping.q_proj: duplicate key, first given on line 3; expected it once"},
          {"  [q_proj]: HOST\n", "F:3: mapping: a key that is no plain text; expected a name"},
      });
  for (const std::string bad : {"HOST", "[HOST]", "5"})
    EXPECT_EQ(error(trace + "mapping: " + bad + "\n"),
              "F:2: mapping: no mapping; expected lines of layer: DEVICE or layer: DEVICE,flags");
}

TEST_F(ScenarioErrors, BracketsNeedQuotesWithinBraces) {
  const std::string hint = "; within { } or [ ] a text with brackets needs quotes";
  expect_messages(trace + "mapping:\n",
                  {
                      {"  q: {devices: gpu[1..2]}\n", "F:3: not YAML: end of map flow not found" + hint},
                      {"  layers: {0..3: gpu[0], 4..7: gpu[1]}\n", "F:3: not YAML: end of map flow not found" + hint},
                      {"  q: [gpu[0], gpu[1]]\n", "F:3: not YAML: end of sequence flow not found" + hint},
                      {"  q: {devices: a [1]}\n", "F:3: not YAML: end of map flow not found"},
                      {"  q: {devices: 'gpu[1..2]'}\n", "no error"},
                      {"  q: gpu[1..2],t\n", "no error"},
                  });
  EXPECT_EQ(input_error([&] {
              load_scenario(folder_.write("s.yaml", trace), {{{"mapping", "{default: gpu[0]}", "--set"}}, {}});
            }),
            "--set: mapping: not YAML: end of map flow not found" + hint);
}

TEST_F(ScenarioErrors, LayerRanges) {
  const std::string no_range =
      "not a range of layers; expected one such as 16..31, or a single layer such as 7, from 0 to 1000000";
  for (const std::string bad : {"a",
                                "a..b",
                                "0..",
                                "..",
                                "..5",
                                "1...5",
                                "1..5..7",
                                "-1",
                                "-1..5",
                                "0..-1",
                                "-0",
                                "+1",
                                "1.5",
                                "0x1",
                                " ",
                                "1 ..5",
                                "0..1000001",
                                "1000001",
                                "99999999999999999999",
                                "01",
                                "00",
                                "0..07",
                                "~"})
    EXPECT_EQ(error(trace + "mapping:\n  layers:\n    0..3: HOST\n    \"" + bad + "\": HOST\n"),
              "F:5: mapping.layers." + bad + ": " + no_range);
  expect_messages(
      trace + "mapping:\n  layers:\n",
      {
          {"    31..16: HOST\n", "F:4: mapping.layers.31..16: a range that ends before it begins; expected 16..31"},
          {"    0..3: HOST\n    3..5: HOST\n",
           "F:5: mapping.layers.3..5: has layers in common with 0..3 on line 4; expected each layer once"},
          {"    3..5: HOST\n    0..3: HOST\n",
           "F:5: mapping.layers.0..3: has layers in common with 3..5 on line 4; expected each layer once"},
          {"    0..9: HOST\n    20: HOST\n    4: HOST\n",
           "F:6: mapping.layers.4: has layers in common with 0..9 on line 4; expected each layer once"},
          {"    4: HOST\n    20: HOST\n    0..30: HOST\n",
           "F:6: mapping.layers.0..30: has layers in common with 20 on line 5; expected each layer once"},
          {"    7: HOST\n    7..7: HOST\n",
           "F:5: mapping.layers.7..7: has layers in common with 7 on line 4; expected each layer once"},
          {"    7: HOST\n    7: HOST\n",
           "F:5: mapping.layers.7: duplicate key, first given on line 4; expected it once"},
          {"    0..3: ',t'\n",
           "F:4: mapping.layers.0..3: no device before the comma; expected one such as PIM-AI-4chip,t"},
          {"    0..3: HOST\n    4: HOST\n    5..1000000: HOST\n", "no error"},
      });
  for (const char* bad : {"  layers:\n", "  layers: ~\n"})
    EXPECT_EQ(error(trace + "mapping:\n" + bad), "F:3: mapping.layers: nothing; expected a mapping of keys to values");
  EXPECT_EQ(error(trace + "mapping:\n  layers: HOST\n"),
            "F:3: mapping.layers: 'HOST'; expected a mapping of keys to values");
  EXPECT_EQ(error(trace + "mapping:\n  layers: [0..3]\n"),
            "F:3: mapping.layers: a list; expected a mapping of keys to values");
  EXPECT_EQ(error(trace + "mapping:\n  layers: {}\n"), "no error");
}

TEST_F(ScenarioErrors, AsManyLayerRangesAsCanBeSearched) {
  std::string ranges;
  for (int i = 0; i < 1024; ++i) ranges += "    " + std::to_string(i) + ": HOST\n";
  EXPECT_EQ(error(trace + "mapping:\n  layers:\n" + ranges), "no error");
  EXPECT_EQ(error(trace + "mapping:\n  layers:\n" + ranges + "    2000: HOST\n"),
            "F:3: mapping.layers: 1025 layer ranges; expected at most 1024");
}

TEST_F(ScenarioErrors, Phases) {
  const std::string nested = "a phase within a phase; expected default, experts, layers or names of layers";
  expect_messages(
      trace + "mapping:\n",
      {
          {"  prefill:\n", "F:3: mapping.prefill: nothing; expected a mapping of keys to values"},
          {"  decode: HOST\n", "F:3: mapping.decode: 'HOST'; expected a mapping of keys to values"},
          {"  decode: [HOST]\n", "F:3: mapping.decode: a list; expected a mapping of keys to values"},
          {"  prefill: {decode: {default: HOST}}\n", "F:3: mapping.prefill.decode: " + nested},
          {"  prefill:\n    prefill: HOST\n", "F:4: mapping.prefill.prefill: " + nested},
          {"  decode:\n    default: HOST,t\n",
           "F:4: mapping.decode.default: flags on the default device; expected them on named layers only"},
          {"  decode:\n    norm: ',t'\n",
           "F:4: mapping.decode.norm: no device before the comma; expected one such as PIM-AI-4chip,t"},
          {"  decode:\n    layers:\n      2..1: HOST\n",
           "F:5: mapping.decode.layers.2..1: a range that ends before it begins; expected 1..2"},
          {"  decode:\n    experts: []\n",
           "F:4: mapping.decode.experts: a list; expected a device such as PIM-AI-4chip,t, or {devices: …, split: …, "
           "flags: …}"},
          {"  layers: {0..3: HOST}\n  decode: {layers: {0..3: H100}}\n  prefill: {layers: {2: H100}}\n", "no error"},
          {"  prefill: {}\n", "no error"},
      });
}
