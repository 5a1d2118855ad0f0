/// Closed forms, computed by hand, of whole runs on machines of many devices.
#include <gtest/gtest.h>

#include <cmath>

#include "machine_bench.hpp"
#include "util/number_text.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

constexpr double exact = 1e-9;  // relative

void expect_relative(double expected, double actual, const std::string& what = "") {
  EXPECT_NEAR(expected, actual, exact * std::abs(expected)) << what;
}

constexpr const char* dataflow = "schedule: dataflow";

/// x on the host, then a and b, which do not depend on each other, on a device each.
class TwoExperts : public ::testing::Test {
 protected:
  TwoExperts() {
    const auto x = bench_.linear("x", 100, 10, 1000);
    bench_.linear("a", 100, 1000, 500, {x});
    bench_.linear("b", 100, 1000, 2000, {x});
  }
  static constexpr double input_B = 100 * 1000 * 2;
  double a_s_ = linear_s(100, 1000, 500);
  double b_s_ = linear_s(100, 1000, 2000);
  double x_s_ = host_linear_s(100, 10, 1000);
  MachineBench bench_;
};

}  // namespace

TEST_F(TwoExperts, WithLinksOfTheirOwnEndAtTheMaximum) {
  const SimulationResult result = bench_.run(devices(2), "x: HOST, a: 'dev[0]', b: 'dev[1]'", dataflow);
  expect_relative(x_s_ + input_B / down_Bps + std::max(a_s_, b_s_), result.time_s);
}

TEST_F(TwoExperts, BehindOneChannelShareIt) {
  // Both inputs cross a channel of 10 GB/s at the same time: each has 5 GB/s, and both arrive after 2 x 200 kB / 10
  // GB/s.
  const SimulationResult result = bench_.run(
      "links: [{name: channel, bw_GBs: 10}]\n"
      "devices: [{name: dev, architecture: DEV, count: 2, under: channel}]\n",
      "x: HOST, a: 'dev[0]', b: 'dev[1]'", dataflow);
  expect_relative(x_s_ + 2 * input_B / 10e9 + std::max(a_s_, b_s_), result.time_s);
}

TEST_F(TwoExperts, OneAfterTheOtherInTheSequentialSchedule) {
  // A line for experts, of which there are none, makes the run one of tasks.
  const double expected = x_s_ + input_B / down_Bps + a_s_ + input_B / down_Bps + b_s_;
  const SimulationResult tasks = bench_.run(devices(2), "x: HOST, a: 'dev[0]', b: 'dev[1]', experts: HOST");
  expect_relative(expected, tasks.time_s);
}

/// Two towers that read nothing but the network's inputs, each on a device, and what needs both.
TEST(TwoTowers, EventsThatWaitForNothingRunAtOnce) {
  MachineBench bench;
  const auto a = bench.linear("a", 100, 1000, 500);
  LayerEvent event;
  event.type = Name("Linear");
  event.name = Name("b");
  event.id = 5;
  event.input_shape = {100, 1000};
  event.weight_shape = Shape{1000, 2000};
  event.output_shape = {100, 2000};
  event.waits_for_nothing = true;
  bench.add(event);
  const std::string mapping = "a: 'dev[0]', b: 'dev[1]'";
  const double input_s = 100 * 1000 * 2 / down_Bps;
  const double a_s = linear_s(100, 1000, 500), b_s = linear_s(100, 1000, 2000);
  expect_relative(input_s + std::max(a_s, b_s), bench.run(devices(2), mapping, dataflow).time_s);
  expect_relative(input_s + a_s + input_s + b_s, bench.run(devices(2), mapping + ", experts: HOST").time_s);
  EXPECT_EQ(a, 0);
}

TEST(Chain, TasksInSequenceAreThePlainRun) {
  // Events that follow each other over three devices: the run by tasks and the run event by event are one.
  MachineBench bench;
  for (int pass = 0; pass < 2; ++pass) {
    bench.linear("a", 64, 300, 700);
    bench.linear("b", 64, 700, 200);
    bench.linear("c", 64, 200, 300);
    bench.linear("lm_head", 64, 300, 300);
  }
  const std::string mapping = "a: 'dev[0]', b: 'dev[1]', c: 'dev[2]', lm_head: 'dev[0]'";
  const SimulationResult plain = bench.run(devices(3), mapping);
  const SimulationResult tasks = bench.run(devices(3), mapping + ", experts: HOST");
  expect_relative(plain.time_s, tasks.time_s);
  expect_relative(plain.energy_J(), tasks.energy_J());
  for (std::size_t p = 0; p < phase_count; ++p) {
    expect_relative(plain.phases[p].time_s, tasks.phases[p].time_s);
    expect_relative(plain.phases[p].energy.host_to_device_J, tasks.phases[p].energy.host_to_device_J);
    expect_relative(plain.phases[p].energy.device_to_host_J, tasks.phases[p].energy.device_to_host_J);
    expect_relative(plain.phases[p].energy.main_mem_J, tasks.phases[p].energy.main_mem_J);
    expect_relative(plain.phases[p].energy.compute_J, tasks.phases[p].energy.compute_J);
    expect_relative(plain.phases[p].moved.device_to_host_B, tasks.phases[p].moved.device_to_host_B);
    expect_relative(plain.phases[p].busy.compute_s, tasks.phases[p].busy.compute_s);
    expect_relative(plain.phases[p].busy.host_to_device_s, tasks.phases[p].busy.host_to_device_s);
    EXPECT_EQ(plain.phases[p].events, tasks.phases[p].events);
  }
  EXPECT_EQ(2, tasks.forward_passes);
  EXPECT_EQ(8, tasks.events);
}

TEST(TensorParallel, OneLinearIsItsShareAndACollective) {
  // The input to 4 devices over links of their own, a quarter of the columns each, and 4 shards back to the host.
  MachineBench bench;
  const auto a = bench.linear("a", 100, 1000, 4000);
  bench.linear("b", 100, 4000, 10, {a});
  const SimulationResult result = bench.run(devices(4), "a: dev, b: HOST", dataflow);
  const double share_s = linear_s(100, 1000, 1000);
  const double gather_s = 100 * 1000 * 2 / up_Bps;
  expect_relative(100 * 1000 * 2 / down_Bps + share_s + gather_s + host_linear_s(100, 4000, 10), result.time_s);
  // Links: 4 x 200 kB down at 20 pJ/bit, 4 x 200 kB up at 50 pJ/bit.
  expect_relative(4 * 200e3 * 8 * 20e-12, result.phase(Phase::Prefill).energy.host_to_device_J);
  expect_relative(4 * 200e3 * 8 * 50e-12, result.phase(Phase::Prefill).energy.device_to_host_J);
}

TEST(TensorParallel, EqualDevicesOnFreeLinksAreOneOfTheirSum) {
  // Columns, heads and rows, all bound by arithmetic (2048 rows); columns, elements and rows. 4 DEV against one FAST.
  MachineBench attention;
  const auto x = attention.linear("x", 2048, 256, 256);
  const auto q = attention.linear("q_proj", 2048, 256, 256, {x});
  const auto k = attention.linear("k_proj", 2048, 256, 256, {x});
  const auto v = attention.linear("v_proj", 2048, 256, 256, {x});
  LayerEvent heads;
  heads.kind = EventKind::Function;
  heads.type = Name("scaled_dot_product_attention");
  heads.name = Name("attn_output");
  heads.input_shape = heads.output_shape = Shape{1, 8, 2048, 32};
  heads.deps = {q, k, v};
  attention.linear("o_proj", 2048, 256, 256, {attention.add(heads)});

  MachineBench mlp;
  const auto up = mlp.linear("up", 2048, 256, 1024, {});
  LayerEvent silu;
  silu.type = Name("SiLU");
  silu.name = Name("act");
  silu.id = 77;
  silu.weight_shape = Shape{1, 1};
  silu.input_shape = silu.output_shape = Shape{2048, 1024};
  silu.deps = {up};
  mlp.linear("down", 2048, 1024, 256, {mlp.add(silu)});

  for (MachineBench* bench : {&attention, &mlp}) {
    const std::string mapping = "default: dev, x: HOST";
    const SimulationResult many = bench->run(devices(4), mapping, "schedule: dataflow, ideal_links: true");
    const SimulationResult one = bench->run(devices(1, "FAST"), mapping, "schedule: dataflow, ideal_links: true");
    expect_relative(one.time_s, many.time_s);
    expect_relative(one.phases[0].energy.compute_J, many.phases[0].energy.compute_J);
  }
}

TEST(PrefillAndDecode, MoveExactlyTheCache) {
  // Llama-2-7B: 2 x 32 layers x 32 heads x 64 rows x 128 x 2 bytes, over the GPU's link to the host and the other's
  // from it, plus what both would move anyway: the prompt's ids, the first token's id, and the last layer's input at
  // the end.
  MachineBench bench;
  const std::string workload = "model: models/llama-2-7b.json, prompt_tokens: 64, output_tokens: 3, dtype: bfloat16";
  const SimulationResult result =
      bench.run_model("devices: [{name: gpu, architecture: H100}, {name: pim, architecture: PIM-AI-24dimm}]\n",
                      "prefill: {default: gpu}, decode: {default: pim}", dataflow, workload);
  const double cache_B = 2.0 * 32 * 32 * 64 * 128 * 2;
  const double ids_B = 8, result_B = 3 * 4096 * 2;
  const auto device = [&](const char* name) {
    for (const DeviceResult& one : result.devices)
      if (one.name == name) return one;
    throw std::runtime_error("no such device");
  };
  EXPECT_DOUBLE_EQ(cache_B + ids_B, device("gpu").moved.device_to_host_B);
  EXPECT_DOUBLE_EQ(64 * 8, device("gpu").moved.host_to_device_B);
  EXPECT_DOUBLE_EQ(cache_B + ids_B, device("pim").moved.host_to_device_B);
  EXPECT_DOUBLE_EQ(result_B, device("pim").moved.device_to_host_B);
}

TEST(Pipeline, MicroBatchesTakeSlotsPlusStagesMinusOne) {
  // s equal stages of two layers, k micro-batches of a batch of 8 rows; weights are read again for each.
  for (const int stages : {1, 2, 4})
    for (const int micro : {1, 2, 4, 8}) {
      MachineBench bench(8);
      std::string layers;
      for (int stage = 0; stage < stages; ++stage) {
        bench.linear("a", 8, 200, 200, {}, 2 * stage);
        bench.linear("a", 8, 200, 200, {}, 2 * stage + 1);
        layers += (stage > 0 ? ", " : "") + std::to_string(2 * stage) + ".." + std::to_string(2 * stage + 1) +
                  ": 'dev[" + std::to_string(stage) + "]'";
      }
      const SimulationResult result =
          bench.run(devices(4), "layers: {" + layers + "}",
                    "schedule: dataflow, ideal_links: true, microbatches: " + std::to_string(micro));
      const double slot_s = 2 * linear_s(8.0 / micro, 200, 200);
      expect_relative((micro + stages - 1) * slot_s, result.time_s,
                      std::to_string(stages) + " stages, " + std::to_string(micro) + " micro-batches");
    }
}

TEST(Pipeline, DecodeKeepsAllStagesBusy) {
  // Two stages, two micro-batches, five passes, of which each needs the end of the one before: (2 · 5 + 2 − 1) slots.
  MachineBench bench(8);
  std::int64_t before = -1;
  for (int pass = 0; pass < 5; ++pass) {
    const auto embed = bench.linear("embed", 8, 200, 1, before < 0 ? std::vector<std::int64_t>{} : std::vector{before});
    const auto first = bench.linear("a", 8, 200, 200, {embed}, 0);
    before = bench.linear("a", 8, 200, 200, {first}, 1);
  }
  const SimulationResult result = bench.run(devices(2), "embed: HOST, layers: {0: 'dev[0]', 1: 'dev[1]'}",
                                            "schedule: dataflow, ideal_links: true, microbatches: 2");
  const double embeds_s = host_linear_s(4, 200, 1);
  const double slots_s = (2 * 5 + 2 - 1) * linear_s(4, 200, 200);
  EXPECT_GE(result.time_s, slots_s);
  EXPECT_LE(result.time_s, slots_s + 10 * embeds_s);
}

TEST(Chunks, HideTheShorterOfTransferAndCompute) {
  for (const int n : {1, 2, 8, 64, 1024}) {
    MachineBench bench;
    bench.linear("a", 2000, 2000, 500);
    const SimulationResult result =
        bench.run(devices(1), "default: dev", "schedule: dataflow, chunks: " + std::to_string(n));
    const double transfer_s = 2000 * 2000 * 2 / down_Bps;
    const double compute_s = linear_s(2000, 2000, 500);
    expect_relative(transfer_s / n + (n - 1) * std::max(transfer_s, compute_s) / n + compute_s / n, result.time_s,
                    std::to_string(n));
  }
}

TEST(Prefetch, HidesExactlyTheShorterOfStreamAndPreviousCompute) {
  // a is arithmetic (its own memory traffic is shorter), b all but weights.
  for (const int rows : {1000, 4000, 40000}) {
    MachineBench bench;
    const auto a = bench.linear("a", rows, 100, 100);
    bench.linear("b", 1, 2000, 2000, {a});
    const SimulationResult without = bench.run(devices(1), "default: dev", dataflow);
    const SimulationResult with = bench.run(devices(1), "default: dev", "schedule: dataflow, prefetch_weights: true");
    // a's own weights come while its input does. Then its activations have the memory port, and b's weights what is
    // left.
    const double activations_s = 2.0 * rows * 200.0 / memory_Bps;
    const double a_s = std::max(2.0 * rows * 100 * 100 / flops, activations_s);
    const double stream_s = 2.0 * 2000 * 2000 / memory_Bps;
    const double b_activations_s = 2.0 * 4000 / memory_Bps;
    const double b_arithmetic_s = 2.0 * 2000 * 2000 / flops;
    const double input_s = rows * 200 / down_Bps;
    const double hidden_s = std::min(stream_s, a_s - activations_s);
    expect_relative(input_s + std::max(linear_s(rows, 100, 100), a_s) + stream_s + b_activations_s, without.time_s);
    expect_relative(input_s + a_s + std::max(b_arithmetic_s, stream_s - hidden_s + b_activations_s), with.time_s,
                    std::to_string(rows));
    expect_relative(without.phases[0].energy.of_events_J() + without.phases[1].energy.of_events_J(),
                    with.phases[0].energy.of_events_J() + with.phases[1].energy.of_events_J());
  }
}

/// The weights of a and b, 2·400² and 2·2000² bytes, are 3.2 and 80 µs of the memory's. In between stands a function
/// that reads and writes 2000 numbers, and uses the memory for as long as it takes.
TEST(Prefetch, ABufferHoldsTheWeightsBehindTheNext) {
  const double a_weights_s = 2.0 * 400 * 400 / memory_Bps, b_weights_s = 2.0 * 2000 * 2000 / memory_Bps;
  const double a_activations_s = 2.0 * 400 * 800 / memory_Bps, b_activations_s = 2.0 * 4000 / memory_Bps;
  const double a_arithmetic_s = 2.0 * 400 * 400 * 400 / flops, b_arithmetic_s = 2.0 * 2000 * 2000 / flops;
  const double c_activations_s = 2.0 * 2 * 2000 / memory_Bps;
  const double input_s = 400 * 800 / down_Bps;
  for (const double buffer_MB : {0.1, 0.32, 1.0, 4.0, 8.32, 100.0}) {
    MachineBench bench;
    auto last = bench.linear("a", 400, 400, 400);
    LayerEvent between;
    between.kind = EventKind::Function;
    between.type = between.name = Name("SiLU");
    between.input_shape = between.output_shape = Shape{1, 2000};
    between.deps = {last};
    last = bench.add(between);
    bench.linear("b", 1, 2000, 2000, {last});
    const SimulationResult result =
        bench.run(devices(1), "default: dev",
                  "schedule: dataflow, prefetch_weights: {buffer_MB: " + number_text(buffer_MB) + "}");
    // While the input comes a's weights do, and b's as far as the buffer takes them; of a's the rest comes when it
    // starts. Beside a's arithmetic more of b's come, as far as they fit.
    const double all_s = buffer_MB * 1e6 / memory_Bps;
    const double early_s = std::min({all_s, a_weights_s + b_weights_s, input_s});
    const double late_s = std::max(0.0, a_weights_s - early_s);
    const double a_s = std::max(a_arithmetic_s, late_s + a_activations_s);
    double b_s = std::max(0.0, early_s - a_weights_s);
    b_s += std::min({b_weights_s - b_s, std::max(0.0, all_s - a_weights_s - b_s), a_s - late_s - a_activations_s});
    // The function reads and writes, and has no arithmetic to speak of.
    const double end_s =
        input_s + a_s + c_activations_s + std::max(b_arithmetic_s, b_weights_s - b_s + b_activations_s);
    expect_relative(end_s, result.time_s, number_text(buffer_MB));
  }
}

TEST(Devices, EfficienciesOverheadAndIdlePower) {
  MachineBench bench;
  bench.linear("a", 100, 1000, 1000);
  bench.linear("a", 1, 1000, 1000);
  const SimulationResult result = bench.run(devices(2, "SLOW"), "default: 'dev[0]'", "schedule: dataflow");
  const double arithmetic_s = 2.0 * 100 * 1000 * 1000 / (0.5 * flops);
  const double memory_s = 2.0 * (1000 * 1000 + 2000) / (0.25 * memory_Bps);
  const double first_B = 2.0 * (1000 * 1000 + 100 * 2000);
  const double first_s = std::max(arithmetic_s, first_B / (0.25 * memory_Bps));
  const double input_s = 100 * 1000 * 2 / down_Bps;
  expect_relative(input_s + 1e-6 + first_s + 1e-6 + memory_s, result.time_s);
  // Both devices draw 3 W all the time, the idle one too; the rest is as without.
  expect_relative(2 * 3 * result.time_s, result.phase(Phase::Prefill).energy.idle_J);
  expect_relative(3 * result.time_s, result.devices[2].energy.total_J());

  const SimulationResult ideal =
      bench.run(devices(2, "SLOW"), "default: 'dev[0]'", "schedule: dataflow, ideal_devices: true, ideal_links: true");
  expect_relative(linear_s(100, 1000, 1000) + linear_s(1, 1000, 1000), ideal.time_s);
}

TEST(Switches, IdealLinksCostNothingAndStillCountBytes) {
  MachineBench bench;
  bench.linear("a", 100, 1000, 1000);
  const SimulationResult result = bench.run(devices(1), "default: dev", "ideal_links: true");
  expect_relative(linear_s(100, 1000, 1000), result.time_s);
  EXPECT_EQ(0, result.phase(Phase::Prefill).energy.host_to_device_J);
  EXPECT_EQ(200e3, result.phase(Phase::Prefill).moved.host_to_device_B);
}

TEST(Capacity, OverflowSaysByHowMuchAndMayBeAllowed) {
  MachineBench bench;
  bench.linear("a", 100, 1000, 1000);
  bench.linear("b", 100, 1000, 1000);
  // Weights 4 MB, activations 2 x 200 kB.
  const std::string small = "devices: [{name: dev, architecture: DEV, capacity_GB: 0.004}]\n";
  try {
    bench.run(small, "default: dev");
    FAIL();
  } catch (const SimulationError& error) {
    EXPECT_STREQ(
        "capacity: dev needs 0.0044 GB, 0.0004 GB more than its capacity_GB of 0.004: weights 0.004, KV cache 0, "
        "activations 0.0004 GB; expected more or larger devices, offload, or simulation.allow_overflow: true",
        error.what());
  }
  const SimulationResult result = bench.run(small, "default: dev", "allow_overflow: true");
  EXPECT_NE(std::string::npos,
            bench.warnings.back().find(
                "simulation.allow_overflow: dev needs 0.0044 GB, 0.0004 GB more than its capacity_GB of 0.004: weights "
                "0.004, KV cache 0, activations 0.0004 GB, which is not charged for; expected more or larger devices, "
                "or offload, which has it streamed"))
      << bench.warnings.back();
  EXPECT_DOUBLE_EQ(4e6, result.devices[1].memory.weights_B);
  EXPECT_DOUBLE_EQ(4e5, result.devices[1].memory.activations_B);
  EXPECT_EQ(4e6, result.devices[1].memory.capacity_B);
}

TEST(Capacity, EachDeviceHasItsShareOfWeightsAndCache) {
  // Llama-2-7B over 4: linears 6.476e9 + lm_head, without the norms and the table that all have.
  MachineBench bench;
  const SimulationResult result =
      bench.run_model("devices: [{name: dev, architecture: DEV, count: 4}]\n", "default: dev, embed_tokens: HOST",
                      dataflow, "model: models/llama-2-7b.json, prompt_tokens: 4, output_tokens: 3, dtype: bfloat16");
  const double linears = 32 * (4.0 * 4096 * 4096 + 3.0 * 4096 * 11008) + 4096.0 * 32000;
  const double norms = 65 * 4096.0;
  const double cache_B = 2.0 * 32 * 32 * (4 + 3 - 1) * 128 * 2;
  EXPECT_DOUBLE_EQ(2 * 32000 * 4096.0, result.devices[0].memory.weights_B);
  for (std::size_t i = 1; i <= 4; ++i) {
    EXPECT_DOUBLE_EQ(2 * (linears / 4 + norms), result.devices[i].memory.weights_B);
    EXPECT_DOUBLE_EQ(cache_B / 4, result.devices[i].memory.kv_cache_B);
  }
}
