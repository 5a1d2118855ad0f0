/// What axes of parallelism and uneven shares make of a run.
#include <gtest/gtest.h>

#include "machine_bench.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

constexpr const char* model = "model: models/llama-3.1-8b.json, prompt_tokens: 32, output_tokens: 3, batch: 4";
constexpr const char* on_free_links = "schedule: dataflow, ideal_links: true";

std::string switched(int count, const std::string& architecture = "DEV") {
  return devices(count, architecture) +
         "networks: [{name: net, between: dev, topology: switch, bw_GBs: 30, pj_per_bit: 2, latency_ns: 50}]\n";
}

SimulationResult laid_out(const std::string& axes, const std::string& platform, const std::string& simulation,
                          const std::string& workload = model) {
  MachineBench bench;
  bench.parallel = axes;
  return bench.run_model(platform, "", simulation, workload);
}

SimulationResult mapped(const std::string& mapping, const std::string& platform, const std::string& simulation,
                        const std::string& workload = model) {
  MachineBench bench;
  return bench.run_model(platform, mapping, simulation, workload);
}

double flop_energy_J(const SimulationResult& result) {
  return result.phases[0].energy.compute_J + result.phases[1].energy.compute_J;
}

void expect_same_run(const SimulationResult& a, const SimulationResult& b) {
  EXPECT_DOUBLE_EQ(a.time_s, b.time_s);
  EXPECT_DOUBLE_EQ(a.energy_J(), b.energy_J());
  ASSERT_EQ(a.devices.size(), b.devices.size());
  for (std::size_t i = 0; i < a.devices.size(); ++i)
    EXPECT_DOUBLE_EQ(a.devices[i].energy.total_J(), b.devices[i].energy.total_J()) << i;
}

}  // namespace

TEST(Parallel, IsItsLongForm) {
  expect_same_run(laid_out("tp: 4", switched(4), "schedule: dataflow"),
                  mapped("default: dev", switched(4), "schedule: dataflow"));
  expect_same_run(laid_out("tp: 2, dp: 2", switched(4), "schedule: dataflow"),
                  mapped("default: {devices: dev, replicas: 2}", switched(4), "schedule: dataflow"));
  expect_same_run(laid_out("dp: 4", switched(4), "schedule: dataflow"),
                  mapped("default: {devices: dev, split: replicas}", switched(4), "schedule: dataflow"));
  expect_same_run(
      laid_out("tp: 2, pp: 3, dp: 2", switched(12), "schedule: dataflow"),
      mapped("embed_tokens: {devices: 'dev[0..3]', replicas: 2}, rotary_emb: {devices: 'dev[0..3]', replicas: 2}, "
             "layers: {0..10: {devices: 'dev[0..3]', replicas: 2}, 11..21: {devices: 'dev[4..7]', replicas: 2}, "
             "22..31: {devices: 'dev[8..11]', replicas: 2}}, norm: {devices: 'dev[8..11]', replicas: 2}, "
             "lm_head: {devices: 'dev[8..11]', replicas: 2}",
             switched(12), "schedule: dataflow"));
}

TEST(Parallel, NormsByTokensAreTheirLongForm) {
  expect_same_run(
      laid_out("tp: 2, dp: 2, sequence_parallel: true", switched(4), "schedule: dataflow"),
      mapped("default: {devices: dev, replicas: 2, sequence_parallel: true}", switched(4), "schedule: dataflow"));
}

// Four devices do a quarter of each norm, where they would do all of it each, and move as many bytes.
TEST(Parallel, NormsByTokensAreSharedWithoutMoreTraffic) {
  const SimulationResult each = laid_out("tp: 4", switched(4), on_free_links);
  const SimulationResult shared = laid_out("tp: 4, sequence_parallel: true", switched(4), on_free_links);
  EXPECT_LT(shared.time_s, each.time_s);
  EXPECT_LT(flop_energy_J(shared), flop_energy_J(each));
}

TEST(Parallel, ContextIsItsLongForm) {
  expect_same_run(laid_out("tp: 2, cp: 2", switched(4), "schedule: dataflow"),
                  mapped("default: {devices: dev, replicas: 2, context: 2}", switched(4), "schedule: dataflow"));
  expect_same_run(laid_out("cp: 2, dp: 2", switched(4), "schedule: dataflow"),
                  mapped("default: {devices: dev, split: replicas, context: 2}", switched(4), "schedule: dataflow"));
}

// Four devices, each with a quarter of the tokens and of the cache of every sequence: no work is done twice.
TEST(Parallel, ContextSharesOneSequence) {
  const char* const one_sequence = "model: models/llama-3.1-8b.json, prompt_tokens: 64, output_tokens: 3, batch: 1";
  const SimulationResult alone = laid_out("tp: 1", devices(1, "DEV"), on_free_links, one_sequence);
  const SimulationResult shared = laid_out("cp: 4", switched(4), on_free_links, one_sequence);
  // But for adding up four parts of what 32 heads of 128 numbers and a weight give, in 32 layers and two decode passes.
  const double added_J = 2.0 * 32 * 32 * 129 * 3 * 2e-12;
  EXPECT_NEAR(flop_energy_J(alone) + added_J, flop_energy_J(shared), 1e-9 * flop_energy_J(alone));
  EXPECT_LT(shared.phases[0].time_s, alone.phases[0].time_s / 2);
  for (const DeviceResult& device : shared.devices)
    if (device.name != "HOST") {
      EXPECT_NEAR(alone.devices[1].memory.kv_cache_B / 4, device.memory.kv_cache_B,
                  1e-9 * alone.devices[1].memory.kv_cache_B);
    }
}

TEST(Parallel, ExpertsOfStagesAreTheirLongForm) {
  const char* const mixtral =
      "model: models/mixtral-8x7b.json, prompt_tokens: 16, output_tokens: 3, batch: 2, call_empty_experts: false";
  const std::string half = "devices: 'dev[0..1]', replicas: 2", other = "devices: 'dev[2..3]', replicas: 2";
  expect_same_run(laid_out("dp: 2, pp: 2, ep: 2", switched(4), "schedule: dataflow", mixtral),
                  mapped("embed_tokens: {" + half + "}, rotary_emb: {" + half + "}, layers: {0..15: {" + half +
                             ", experts: 'dev[0..1]'}, 16..31: {" + other + ", experts: 'dev[2..3]'}}",
                         switched(4), "schedule: dataflow", mixtral));
}

TEST(Parallel, GroupsOfExpertsAreTheirLongForm) {
  const char* const mixtral =
      "model: models/mixtral-8x7b.json, prompt_tokens: 16, output_tokens: 3, batch: 2, call_empty_experts: false";
  for (const char* groups : {"1", "2", "4"}) {
    const std::string ep = std::string(groups) == "1" ? "" : std::string(", ep: ") + groups;
    const std::string experts = ep.empty() ? "" : std::string(", experts: {devices: dev, groups: ") + groups + "}";
    for (const auto& [axes, others] :
         {std::pair{"tp: 4", ""}, {"tp: 2, dp: 2", ", replicas: 2"}, {"dp: 4", ", split: replicas"}})
      expect_same_run(laid_out(axes + ep, switched(4), "schedule: dataflow", mixtral),
                      mapped("default: {devices: dev" + std::string(others) + "}" + experts, switched(4),
                             "schedule: dataflow", mixtral));
  }
}

// On links that cost nothing a group of a grid does what a machine of that group does with its rows.
TEST(Parallel, TwoReplicasOnFreeLinksAreHalfTheBatchOnEach) {
  const SimulationResult both = laid_out("tp: 2, dp: 2", switched(4), on_free_links);
  const SimulationResult half =
      laid_out("tp: 2", switched(2), on_free_links,
               "model: models/llama-3.1-8b.json, prompt_tokens: 32, output_tokens: 3, batch: 2");
  EXPECT_NEAR(half.time_s, both.time_s, 1e-9 * both.time_s);
  EXPECT_NEAR(2 * half.energy_J(), both.energy_J(), 1e-9 * both.energy_J());
}

TEST(Parallel, StagesConserveWork) {
  const SimulationResult one = laid_out("tp: 1", devices(1), on_free_links);
  const SimulationResult staged = laid_out("pp: 4", switched(4), on_free_links);
  EXPECT_NEAR(one.time_s, staged.time_s, 1e-9 * one.time_s) << "one batch is in one stage at a time";
  EXPECT_NEAR(flop_energy_J(one), flop_energy_J(staged), 1e-9 * flop_energy_J(one));
}

TEST(Shares, EqualOnesChangeNothing) {
  for (const char* shares : {"[1, 1, 1, 1]", "[0.1, 0.1, 0.1, 0.1]", "by_rate"})
    for (const char* how : {"", ", replicas: 2", ", split: replicas"})
      expect_same_run(mapped(std::string("default: {devices: dev") + how + "}", switched(4), "schedule: dataflow"),
                      mapped(std::string("default: {devices: dev") + how + ", shares: " + shares + "}", switched(4),
                             "schedule: dataflow"));
}

// A Linear of 1000 columns on DEV and FAST, which is four of it in one: 200 and 800 end together, in the time that five
// DEV take.
TEST(Shares, OfUnlikeDevicesInProportionToTheirRatesEndTogether) {
  const std::string unlike =
      "devices: [{name: slow, architecture: DEV, count: 1}, {name: fast, architecture: FAST, count: 1}]\n";
  for (const char* shares : {"[1, 4]", "by_rate"}) {
    MachineBench bench;
    bench.linear("up", 64, 1000, 1000);
    const SimulationResult result =
        bench.run(unlike, std::string("default: {devices: slow+fast, shares: ") + shares + "}", on_free_links);
    EXPECT_NEAR(linear_s(64, 1000, 200), result.time_s, 1e-9 * result.time_s) << shares;
  }
}

TEST(Shares, CachesAndWeightsFollow) {
  MachineBench bench;
  bench.prepare_model(switched(2), "default: {devices: dev, shares: [3, 1]}", "schedule: dataflow", model,
                      [](const PreparedRun& run) {
                        // 6 and 2 of 8 heads of the cache.
                        EXPECT_DOUBLE_EQ(3 * run.held()[2].kv_cache_B, run.held()[1].kv_cache_B);
                        // Of 8,030,261,248 weights the table and 65 norms of 4096 are on both.
                        const double table = 128256.0 * 4096, norms = 65 * 4096;
                        const double shared = 8030261248 - table - norms;
                        EXPECT_DOUBLE_EQ(2 * (0.75 * shared + table + norms), run.held()[1].weights_B);
                        EXPECT_DOUBLE_EQ(2 * (0.25 * shared + table + norms), run.held()[2].weights_B);
                      });
  bench.prepare_model(switched(2), "default: {devices: dev, split: replicas, shares: [3, 1]}", "schedule: dataflow",
                      model, [](const PreparedRun& run) {
                        EXPECT_DOUBLE_EQ(3 * run.held()[2].kv_cache_B, run.held()[1].kv_cache_B);
                        EXPECT_DOUBLE_EQ(run.held()[1].weights_B, run.held()[2].weights_B);
                      });
}
