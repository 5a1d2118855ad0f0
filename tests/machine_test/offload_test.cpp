/// Runs in which some weights and caches stream from where they are kept.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "machine_bench.hpp"
#include "util/number_text.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

constexpr const char* sequential = "schedule: sequential";
constexpr const char* dataflow = "schedule: dataflow";

void expect_relative(double expected, double actual, const std::string& what = "") {
  EXPECT_NEAR(expected, actual, 1e-9 * std::abs(expected)) << what;
}

double events_energy_J(const SimulationResult& result) {
  return result.phases[0].energy.of_events_J() + result.phases[1].energy.of_events_J();
}

// Four Linears of 1000 x 1000, whose weights are 2 MB each, on 100 rows; activations are 400 kB.
constexpr double weights_B = 2e6, rows_B = 100 * 1000 * 2.0;
constexpr const char* latency_machine = "devices: [{name: dev, architecture: DEV, link_latency_ns: 1000%s}]\n";

class Four : public MachineBench {
 public:
  explicit Four(const std::string& offload = "") {
    for (const char* name : {"a", "b", "c", "head"}) linear(name, 100, 1000, 1000);
    if (!offload.empty()) sections = "offload: " + offload + "\n";
  }
};

std::string machine(const std::string& more = "") {
  std::string text = latency_machine;
  return text.replace(text.find("%s"), 2, more.empty() ? "" : ", " + more);
}

/// Both ways of running.
void expect_time(double expected_s, MachineBench& bench, const std::string& platform, const std::string& schedule) {
  for (const char* way : {"", ", segments: false"})
    expect_relative(expected_s, bench.run(platform, "default: dev", schedule + way, "last_layer: head").time_s,
                    schedule + way);
}

}  // namespace

TEST(Offload, SequentialStreamsAreAddedUp) {
  Four bench("{weights: {to: HOST, share: 0.5}}");
  const double input_s = 1e-6 + rows_B / down_Bps, result_s = 1e-6 + rows_B / up_Bps;
  const double stream_s = 1e-6 + 0.5 * weights_B / down_Bps;
  expect_time(input_s + 4 * (stream_s + linear_s(100, 1000, 1000)) + result_s, bench, machine(), sequential);
}

TEST(Offload, DataflowStreamsOverlap) {
  // 101 us and 201 us beside 200 us of arithmetic: T + 3 max(T, C) + C.
  const double input_s = 1e-6 + rows_B / down_Bps, result_s = 1e-6 + rows_B / up_Bps;
  const double compute_s = linear_s(100, 1000, 1000);
  EXPECT_DOUBLE_EQ(200e-6, compute_s);
  for (const char* share : {"0.5", "1"}) {
    Four bench(std::string("{weights: {to: HOST, share: ") + share + "}}");
    const double stream_s = 1e-6 + std::stod(share) * weights_B / down_Bps;
    expect_time(input_s + stream_s + 3 * std::max(stream_s, compute_s) + compute_s + result_s, bench, machine(),
                dataflow);
  }
}

TEST(Offload, BytesAndEnergyAreThoseOfTheShare) {
  Four plain;
  Four bench("{weights: {to: HOST, share: 0.25}}");
  const SimulationResult with = bench.run(machine(), "default: dev", dataflow);
  const SimulationResult without = plain.run(machine(), "default: dev", dataflow);
  const auto down_B = [](const SimulationResult& result) { return result.phases[0].moved.host_to_device_B; };
  expect_relative(4 * 0.25 * weights_B, down_B(with) - down_B(without));
  expect_relative(4 * 0.25 * weights_B * 8 * 20e-12, events_energy_J(with) - events_energy_J(without));
  // What the device has not, the host has.
  expect_relative(0.75 * 4 * weights_B, with.devices[1].memory.weights_B);
  expect_relative(0.25 * 4 * weights_B, with.devices[0].memory.weights_B);
}

TEST(Offload, AsLittleAsMakesItFit) {
  // 8.4 MB are needed, of which 8 are weights: a device of 7.4 MB keeps three quarters of them, and has room for the
  // streamed quarters of two layers, 1 MB.
  Four given("{weights: {to: HOST, share: 0.25}}");
  Four found("{weights: HOST}");
  const SimulationResult result = found.run(machine("capacity_GB: 0.0074"), "default: dev", dataflow);
  expect_relative(given.run(machine(), "default: dev", dataflow).time_s, result.time_s);
  expect_relative(6e6, result.devices[1].memory.weights_B);
  expect_relative(7.4e6, result.devices[1].memory.total_B());
  for (const std::string& warning : found.warnings) EXPECT_EQ(std::string::npos, warning.find("overflow")) << warning;
}

TEST(Offload, WhatFitsStaysAndMoreCapacityIsNeverSlower) {
  Four plain;
  const double all_s = plain.run(machine(), "default: dev", dataflow).time_s;
  double before_s = std::numeric_limits<double>::infinity();
  for (const char* GB : {"0.0044", "0.005", "0.006", "0.0083", "0.0084", "1"}) {
    Four bench("{weights: HOST}");
    const double time_s = bench.run(machine(std::string("capacity_GB: ") + GB), "default: dev", dataflow).time_s;
    EXPECT_LE(time_s, before_s * (1 + 1e-12)) << GB;
    before_s = time_s;
  }
  EXPECT_DOUBLE_EQ(all_s, before_s);
}

TEST(Offload, FreeLinksCostWhatNoOffloadDoes) {
  for (const std::string schedule : {sequential, dataflow}) {
    Four plain;
    Four bench("{weights: {to: HOST, share: 1}}");
    const std::string how = schedule + ", ideal_links: true";
    const SimulationResult with = bench.run(machine(), "default: dev", how);
    const SimulationResult without = plain.run(machine(), "default: dev", how);
    expect_relative(without.time_s, with.time_s);
    expect_relative(summed_energy_J(without), summed_energy_J(with));
  }
}

TEST(Offload, DevicesTakeStoresInTurn) {
  MachineBench bench;
  bench.linear("head", 100, 1000, 1000);
  bench.sections = "offload: {weights: {to: pool, share: 0.5}}\n";
  const SimulationResult result =
      bench.run("devices: [{name: pool, architecture: DEV, count: 2}, {name: dev, architecture: DEV, count: 3}]\n",
                "default: dev", sequential);
  // A third of the columns each, half of it kept: 333, 333 and 334 of 1000.
  expect_relative((333 + 334) * 1000.0, result.devices[1].memory.weights_B);
  expect_relative(333 * 1000.0, result.devices[2].memory.weights_B);
}

TEST(Offload, CachesFirst) {
  // What is missing is less than the cache: weights stay where they are.
  MachineBench bench;
  const auto run = [&](const std::string& capacity) {
    return bench.run_model("devices: [{name: dev, architecture: DEV" + capacity + "}]\n", "default: dev", dataflow,
                           "model: models/llama-2-7b.json, prompt_tokens: 50, output_tokens: 3");
  };
  const MemoryUse all = run("").devices[1].memory;
  bench.sections = "offload: {weights: HOST, kv_cache: HOST}\n";
  // What is gained is less the room for streams: of two of 32 layers' caches, and of lm_head's weights twice.
  const double cache_gain_B = all.kv_cache_B * (1 - 2.0 / 32);
  const double weight_gain = 1 - 2 * 32000.0 * 4096 * 2 / all.weights_B;
  for (const double missing : {0.5, 1.5}) {
    const double capacity_B = all.total_B() - missing * all.kv_cache_B;
    const MemoryUse kept = run(", capacity_GB: " + number_text(capacity_B / 1e9)).devices[1].memory;
    const double missing_B = missing * all.kv_cache_B;
    expect_relative(all.kv_cache_B * std::max(0.0, 1 - missing_B / cache_gain_B), kept.kv_cache_B);
    expect_relative(all.weights_B - std::max(0.0, missing_B - cache_gain_B) / weight_gain, kept.weights_B);
    expect_relative(capacity_B, kept.total_B());
  }
}

TEST(Offload, CachesStreamTheirOldRowsAndSendTheirNewOnes) {
  MachineBench bench;
  bench.sections = "offload: {kv_cache: {to: HOST, share: 0.5}}\n";
  const auto run = [&] {
    return bench.run_model(devices(1), "default: dev", dataflow,
                           "model: models/llama-2-7b.json, prompt_tokens: 50, output_tokens: 3");
  };
  const SimulationResult with = run();
  bench.sections.clear();
  const SimulationResult without = run();
  // A row of all layers: keys and values of 32 layers, 4096 numbers of 2 bytes.
  const double row_B = 2 * 32 * 4096 * 2;
  const auto more = [&](std::size_t phase, double MovedBytes::*way) {
    return with.phases[phase].moved.*way - without.phases[phase].moved.*way;
  };
  EXPECT_EQ(0, more(0, &MovedBytes::host_to_device_B));
  expect_relative(0.5 * 50 * row_B, more(0, &MovedBytes::device_to_host_B));
  expect_relative(0.5 * (50 + 51) * row_B, more(1, &MovedBytes::host_to_device_B));
  expect_relative(0.5 * 2 * row_B, more(1, &MovedBytes::device_to_host_B));
}

TEST(Offload, OnlyWhatIsThereIsFetchedAhead) {
  // All of the weights are elsewhere: a buffer has nothing to fetch.
  Four bench("{weights: {to: HOST, share: 1}}");
  const double without_s = bench.run(machine(), "default: dev", dataflow).time_s;
  const std::string ahead = std::string(dataflow) + ", prefetch_weights: {buffer_MB: 100}";
  expect_relative(without_s, bench.run(machine(), "default: dev", ahead).time_s);
}
