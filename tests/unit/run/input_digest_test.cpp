/// What changes the digest of a run's inputs, and what does not.
#include "run/input_digest.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>
#include <set>

#include "run/checked_scenario.hpp"
#include "run/prepared_run.hpp"
#include "scenario/recorded_scenario.hpp"
#include "scenario/scenario_reader.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

constexpr const char* model = R"({"model_type": "llama", "hidden_size": 64, "intermediate_size": 160,
  "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 500})";
constexpr const char* device = R"(Mine:
  host_to_device_bw_GBs: 10
  host_to_device_pj_per_bit: 20
  device_to_host_bw_GBs: 5
  device_to_host_pj_per_bit: 30
  mem_bw_GBs: 100
  mem_pj_per_bit: 1
  tflops: 4
  pj_per_tflop: 4.0e+11
  softmax_ns_per_element: 0.5
  SiLU_ns_per_element: 0.25
  RMSNorm_ns_per_element: 0.75
  compute_efficiency: 0.9
  mem_efficiency: 0.8
  launch_overhead_ns: 100
  capacity_GB: 2
  idle_W: 3
  active_W: 4
  power_limit_W: 50
  link_latency_ns: 700
)";
constexpr const char* platform = R"(name: two devices
links:
  - {name: channel, count: 1, bw_GBs: 20, pj_per_bit: 5, latency_ns: 100}
devices:
  - {name: dev, architecture: Mine, count: 2, under: channel}
)";
constexpr const char* scenario = R"(name: small
workload: {model: model.json, prompt_tokens: 6, output_tokens: 3, batch: 2}
platform: machine.yaml
architectures: [devices.yaml]
mapping:
  default: dev
  lm_head: dev[0],t
  q_proj: dev[1]
)";

void doubled(EnergyFigure& energy) {
  energy = 2 * energy;
}

/// The same routes, the first one changed.
RouteList with_first(const RouteList& routes, const std::function<void(RouteSpec&)>& change) {
  RouteList other;
  for (RouteSpec route : routes) {
    if (other.size() == 0) change(route);
    other.push_back(route);
  }
  return other;
}

std::string digest_of(const std::string& file, const ScenarioOverrides& overrides = {}) {
  return check_scenario(load_scenario(file, overrides), [](const std::string&) {}).inputs;
}

class InputDigestTest : public testing::Test {
 protected:
  InputDigestTest() {
    ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
    folder_.write("model.json", model);
    folder_.write("devices.yaml", device);
    folder_.write("machine.yaml", platform);
    file_ = folder_.write("s.yaml", scenario);
    first_ = digest_of(file_);
  }

  /// The digest with `what` of a file replaced; the file is put back. Empty where there is nothing to replace.
  std::string changed(const std::string& name, const std::string& what, const std::string& with) {
    const std::string text = read_bytes(folder_.path(name));
    const std::string other = replaced(text, what, with);
    if (other == text) return {};
    folder_.write(name, other);
    std::string digest = digest_of(file_);
    folder_.write(name, text);
    return digest;
  }

  void expect_change(const std::string& name, const std::string& what, const std::string& with) {
    const std::string digest = changed(name, what, with);
    EXPECT_EQ(digest.size(), 32U) << what;
    EXPECT_NE(digest, first_) << what;
  }

  void expect_no_change(const std::string& what, const std::string& with) {
    EXPECT_EQ(changed("s.yaml", what, with), first_) << what;
  }

  TemporaryFolder folder_;
  std::string file_;
  std::string first_;
};

}  // namespace

TEST_F(InputDigestTest, IsTheSameTwice) {
  EXPECT_EQ(first_.size(), 32U);
  EXPECT_EQ(first_.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(digest_of(file_), first_);
}

TEST_F(InputDigestTest, ChangesWithTheScenario) {
  for (const char* with : {"batch: 3", "batch: 2, dtype: int8", "batch: 2, kv_dtype: int8",
                           "batch: 2, attention: eager", "batch: 2, logits: all", "batch: 2, weight_dtype: int4",
                           "batch: 2, sampling: true", "batch: 2, detail: layers", "batch: 2, last_layer: norm"})
    expect_change("s.yaml", "batch: 2", with);
  expect_change("s.yaml", "prompt_tokens: 6", "prompt_tokens: 7");
  expect_change("s.yaml", "output_tokens: 3", "output_tokens: 4");
  expect_change("s.yaml", "dev[0],t", "dev[0]");
  expect_change("s.yaml", "dev[0],t", "dev[1],t");
  expect_change("s.yaml", "default: dev", "default: {devices: dev, split: replicas}");
  expect_change("s.yaml", "q_proj", "k_proj");
  expect_change("s.yaml", "  q_proj: dev[1]", "  layers: {0..1: 'dev[1]'}");
  expect_change("s.yaml", "  q_proj: dev[1]", "  decode: {q_proj: 'dev[1]'}");
  for (const char* key :
       {"cost_model: roofline, schedule: dataflow", "segments: false", "num_key_value_heads: 2", "sliding_window: 4",
        "schedule: dataflow, prefetch_weights: true", "schedule: dataflow, prefetch_weights: {buffer_MB: 2}",
        "schedule: dataflow, chunks: 2", "schedule: dataflow, microbatches: 2", "schedule: dataflow, interleave: 2",
        "allow_overflow: true", "ideal_links: true", "ideal_devices: true", "faster: {memory: 2}",
        "faster: {arithmetic: 2}", "faster: {links: 2}", "step_overhead_us: 2", "per_sequence_overhead_us: 2"})
    expect_change("s.yaml", "name: small", "name: small\nsimulation: {" + std::string(key) + "}");
  for (const char* offload : {"weights: HOST", "kv_cache: HOST", "weights: {to: HOST, share: 0.5}"})
    expect_change("s.yaml", "name: small", "name: small\noffload: {" + std::string(offload) + "}");
  expect_change("s.yaml", "name: small", "name: small\nmoe: {end: lm_head, experts_per_token: 2}");
}

TEST_F(InputDigestTest, ChangesWithEveryFigureOfADevice) {
  const auto [from, to] = std::pair("host_to_device_bw_GBs: 10", "host_to_device_bw_GBs: 10.000001");
  expect_change("devices.yaml", from, to);
  for (const char* key : {"host_to_device_pj_per_bit: 2", "device_to_host_bw_GBs: ", "device_to_host_pj_per_bit: ",
                          "mem_bw_GBs: ", "mem_pj_per_bit: ", "tflops: ", "pj_per_tflop: ", "softmax_ns_per_element: ",
                          "SiLU_ns_per_element: ", "RMSNorm_ns_per_element: ", "launch_overhead_ns: ", "capacity_GB: ",
                          "idle_W: ", "active_W: ", "power_limit_W: ", "link_latency_ns: "})
    expect_change("devices.yaml", key, key + std::string("1"));
  expect_change("devices.yaml", "compute_efficiency: 0.9", "compute_efficiency: 0.91");
  expect_change("devices.yaml", "mem_efficiency: 0.8", "mem_efficiency: 0.81");
}

TEST_F(InputDigestTest, ChangesWithEveryFigureOfTheMachine) {
  const Scenario read = load_scenario(file_);
  const PreparedRun prepared(read, [](const std::string&) {});
  ASSERT_EQ(input_digest(read, prepared.platform()), first_);
  using Change = std::function<void(PlatformSpec&)>;
  const std::vector<Change> changes{
      [](PlatformSpec& p) { p.devices.pop_back(); },
      [](PlatformSpec& p) { p.devices[1].name = "other"; },
      [](PlatformSpec& p) { p.devices[1].architecture.name = "other"; },
      [](PlatformSpec& p) { p.devices[1].architecture.host_to_device.bandwidth_Bps *= 2; },
      [](PlatformSpec& p) { doubled(p.devices[1].architecture.host_to_device.energy_J_per_byte); },
      [](PlatformSpec& p) { p.devices[1].architecture.memory.energy_J_per_byte = EnergyFigure::not_stated(); },
      [](PlatformSpec& p) { p.devices[1].architecture.memory.energy_J_per_byte = 0; },
      [](PlatformSpec& p) { p.devices[1].architecture.device_to_host.bandwidth_Bps *= 2; },
      [](PlatformSpec& p) { p.devices[1].architecture.memory.bandwidth_Bps *= 2; },
      [](PlatformSpec& p) { p.devices[1].architecture.flops_per_s *= 2; },
      [](PlatformSpec& p) { p.devices[1].architecture.flops_per_s_int4 = 1; },
      [](PlatformSpec& p) { doubled(p.devices[1].architecture.energy_J_per_flop); },
      [](PlatformSpec& p) { p.devices[1].architecture.softmax_s_per_element.reset(); },
      [](PlatformSpec& p) { p.devices[1].architecture.silu_s_per_element.reset(); },
      [](PlatformSpec& p) { p.devices[1].architecture.rmsnorm_s_per_element.reset(); },
      [](PlatformSpec& p) { p.devices[1].architecture.compute_efficiency /= 2; },
      [](PlatformSpec& p) { p.devices[1].architecture.memory_efficiency /= 2; },
      [](PlatformSpec& p) { p.devices[1].architecture.launch_overhead_s *= 2; },
      [](PlatformSpec& p) { p.devices[1].architecture.capacity_B.reset(); },
      [](PlatformSpec& p) { p.devices[1].architecture.idle_W *= 2; },
      [](PlatformSpec& p) { p.devices[1].architecture.active_W *= 2; },
      [](PlatformSpec& p) { p.devices[1].architecture.power_limit_W.reset(); },
      [](PlatformSpec& p) { p.devices[1].architecture.link_latency_s *= 2; },
      [](PlatformSpec& p) { p.devices[1].ratings.flops_per_s *= 2; },
      [](PlatformSpec& p) { p.devices[1].ratings.arithmetic_W *= 2; },
      [](PlatformSpec& p) { p.devices[1].ratings.vector_W += 1; },
      [](PlatformSpec& p) { p.devices[1].ratings.memory_Bps *= 2; },
      [](PlatformSpec& p) { p.devices[1].ratings.memory_W *= 2; },
      [](PlatformSpec& p) { p.devices[1].memory.bandwidth_Bps *= 2; },
      [](PlatformSpec& p) { p.devices[1].from_host.reset(); },
      [](PlatformSpec& p) { p.devices[1].to_host = 7; },
      [](PlatformSpec& p) { p.devices[1].under.reset(); },
      [](PlatformSpec& p) { p.links[0].name = "other"; },
      [](PlatformSpec& p) { p.links[0].bandwidth_Bps *= 2; },
      [](PlatformSpec& p) { p.links[0].latency_s *= 2; },
      [](PlatformSpec& p) { p.links[0].power_W *= 2; },
      [](PlatformSpec& p) { p.links[0].role = LinkRole::DeviceToDevice; },
      [](PlatformSpec& p) { p.links[0].owner = 1; },
      [](PlatformSpec& p) { p.links[0].medium = 0; },
      [](PlatformSpec& p) { p.links[0].stated_J_per_byte = 1; },
      [](PlatformSpec& p) {
        p.media.push_back({"bus", 1e9});
      },
      [](PlatformSpec& p) { p.routes = with_first(p.routes, [](RouteSpec& first) { first.from = 1; }); },
      [](PlatformSpec& p) { p.routes = with_first(p.routes, [](RouteSpec& first) { first.to.push_back(2); }); },
      [](PlatformSpec& p) { p.routes = with_first(p.routes, [](RouteSpec& first) { first.links.push_back(1); }); },
      [](PlatformSpec& p) { p.routes.push_back(p.routes[0]); },
      [](PlatformSpec& p) {
        p.networks.push_back({"n", NetworkTopology::Ring, {1, 2}});
      },
      [](PlatformSpec& p) {
        p.networks.push_back({"n", NetworkTopology::Mesh, {1, 2}});
      },
      [](PlatformSpec& p) {
        p.networks.push_back({"n", NetworkTopology::Ring, {2, 1}});
      },
  };
  std::set<std::string> digests{first_};
  for (const Change& change : changes) {
    PlatformSpec other = prepared.platform();
    change(other);
    digests.insert(input_digest(read, other));
  }
  EXPECT_EQ(digests.size(), changes.size() + 1);
  PlatformSpec retitled = prepared.platform();
  retitled.name = "another title";
  EXPECT_EQ(input_digest(read, retitled), first_);
}

TEST_F(InputDigestTest, ChangesWithTheMachine) {
  for (const auto& [what, with] : {std::pair("bw_GBs: 20", "bw_GBs: 21"), std::pair("pj_per_bit: 5", "pj_per_bit: 6"),
                                   std::pair("latency_ns: 100", "latency_ns: 101"), std::pair("count: 2", "count: 3")})
    expect_change("machine.yaml", what, with);
}

TEST_F(InputDigestTest, ChangesWithTheModel) {
  expect_change("model.json", "160", "161");
  expect_change("model.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
}

TEST_F(InputDigestTest, ChangesWithATrace) {
  folder_.write("t.jsonl",
                R"({"format": "upmem-des-trace", "version": 1, "model": "net", "dtype": "bfloat16", "batch": 1, )"
                R"("source": "test"})"
                "\n"
                R"({"seq": 0, "kind": "layer", "type": "Linear", "name": "lm_head", "id": 1, "phase": "prefill", )"
                R"("step": 0, "input_shape": [2, 3, 8], "weight_shape": [8, 5], "output_shape": [2, 3, 5]})"
                "\n");
  file_ = folder_.write("traced.yaml", "workload: {trace: t.jsonl}\nmapping: {default: H100}\n");
  first_ = digest_of(file_);
  expect_change("t.jsonl", "[2, 3, 8]", "[3, 2, 8]");
  expect_change("t.jsonl", "\"batch\": 1", "\"batch\": 2");
}

TEST_F(InputDigestTest, ChangesWithAShippedDeviceThatIsUsed) {
  const TemporaryFolder data;
  const auto digest = [&](const char* tflops) {
    data.write("architectures/some.yaml", replaced(replaced(device, "Mine", "HOST"), "tflops: 4", "tflops: 5") +
                                              replaced(device, "tflops: 4", std::string("tflops: ") + tflops));
    ::setenv("UPMEM_DES_DATA", data.str().c_str(), 1);
    return digest_of(folder_.write("shipped.yaml",
                                   "workload: {model: model.json, prompt_tokens: 6, output_tokens: 3}\n"
                                   "mapping: {default: Mine}\n"));
  };
  const std::string four = digest("4");
  EXPECT_NE(digest("4.5"), four);
  EXPECT_EQ(digest("4"), four);
}

TEST_F(InputDigestTest, KnowsNoCommentsNoOrderOfKeysAndNoTitle) {
  expect_no_change("name: small", "# small\nname: small  # it is");
  expect_no_change("name: small", "name: another title");
  expect_no_change("name: small\n", "");
  expect_no_change("prompt_tokens: 6, output_tokens: 3", "output_tokens: 3, prompt_tokens: 6");
  expect_no_change("  lm_head: dev[0],t\n  q_proj: dev[1]\n", "  q_proj: 'dev[1]'\n  lm_head: 'dev[0],t'\n");
  expect_no_change("name: small\n", "simulation: {segments: true}\n");  // a default that is written out
  expect_no_change("name: small\n", "simulation: {cost_model: roofline}\n");
}

TEST_F(InputDigestTest, KnowsNoFoldersAndNoNamesOfFiles) {
  const TemporaryFolder other;
  other.write("models/llama.json", model);
  other.write("d.yaml", device);
  other.write("m.yaml", platform);
  const std::string text =
      replaced(replaced(replaced(scenario, "model.json", "models/llama.json"), "devices.yaml", "d.yaml"),
               "machine.yaml", "m.yaml");
  EXPECT_EQ(digest_of(other.write("deep/er/t.yaml", replaced(replaced(replaced(text, "models/", "../../models/"),
                                                                      "d.yaml", "../../d.yaml"),
                                                             "m.yaml", "../../m.yaml"))),
            first_);
}

TEST_F(InputDigestTest, ASettingCountsAsIfItStoodInTheFile) {
  const auto with = [&](const char* key, const char* value) {
    ScenarioOverrides overrides;
    overrides.settings = {{key, value, "--set"}};
    return digest_of(file_, overrides);
  };
  EXPECT_EQ(with("workload.batch", "2"), first_);
  EXPECT_EQ(with("workload.batch", "3"), changed("s.yaml", "batch: 2", "batch: 3"));
}

TEST_F(InputDigestTest, ATraceInMemoryHasNone) {
  const Scenario recorded = scenario_for(RecordedTrace(), {}, "H100");
  EXPECT_NE(input_error([&] { input_digest(recorded, PlatformSpec()); }).find("a trace in memory"), std::string::npos);
}

TEST_F(InputDigestTest, OtherInputsThanExpectedAreAnError) {
  const Scenario read = load_scenario(file_);
  EXPECT_EQ(input_error([&] { expect_inputs(read, first_, first_); }), "no error");
  EXPECT_EQ(input_error([&] { expect_inputs(read, "00", first_); }),
            file_ + ": its inputs have changed since they were checked: expected 00, got " + first_ +
                "; expected the same files and program version");
}

TEST_F(InputDigestTest, EventsAreThoseOfTheRun) {
  const CheckedScenario checked = check_scenario(load_scenario(file_), [](const std::string&) {});
  // A pass calls embed_tokens, the model's norm, lm_head and the sampler, its table of rotations and, in each of 2
  // layers, two norms, four projections (q_proj is mapped, so q, k and v are apart), the rotation, the cache's write,
  // attention, and of the MLP gate and up in one, their product and the linear down: 4 + 1 + 2 · 12 = 29, three times.
  EXPECT_EQ(checked.events, 87);
}
