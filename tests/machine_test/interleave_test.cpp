/// Closed forms, computed by hand, of runs whose streams choose among what is ready.
#include <gtest/gtest.h>

#include <cmath>
#include <utility>
#include <vector>

#include "machine_bench.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

void expect_relative(double expected, double actual, const std::string& what = "") {
  EXPECT_NEAR(expected, actual, 1e-9 * std::abs(expected)) << what;
}

std::string option(const char* name, int parts) {
  return std::string("schedule: dataflow, ideal_links: true, ") + name + ": " + std::to_string(parts);
}

constexpr int layers = 5;
constexpr int batch = 8;

/// Layers of a product and what stands for attention, which wait for each other; weights are small beside the rows.
struct Chain {
  Chain(std::int64_t product_rows, std::int64_t attention_rows) : bench(batch) {
    for (int layer = 0; layer < layers; ++layer) {
      bench.linear("product", batch * product_rows, 20, 20, {}, layer);
      bench.linear("attention", batch * attention_rows, 20, 20, {}, layer);
    }
  }
  SimulationResult run(const std::string& how) {
    return bench.run(devices(2), "product: 'dev[0]', attention: 'dev[1]'", how);
  }
  MachineBench bench;
};

double piece_s(std::int64_t rows, int parts) {
  return linear_s(static_cast<double>(batch * rows) / parts, 20, 20);
}

}  // namespace

TEST(Interleave, AttentionOfOnePartRunsBesideProductsOfAnother) {
  // Equal products and attention, p each of a part: both devices are always at work, but for attention's first wait and
  // products' last. In turn a part goes through all layers alone, and the next begins when the last product has ended.
  for (const int parts : {2, 4, 8}) {
    Chain chain(50, 50);
    const double p = piece_s(50, parts);
    const std::string what = std::to_string(parts) + " parts";
    expect_relative((parts * layers + 1) * p, chain.run(option("interleave", parts)).time_s, what);
    expect_relative((parts * (2 * layers - 1) + 1) * p, chain.run(option("microbatches", parts)).time_s, what);
  }
}

TEST(Interleave, TheLongerOfTheTwoSetsThePace) {
  // Two halves. Of products p and attention a, the longer is always at work; the shorter comes before or after it once.
  struct Rows {
    std::int64_t product, attention;
  };
  for (const Rows& rows : {Rows{200, 50}, Rows{100, 90}, Rows{50, 50}, Rows{90, 100}, Rows{50, 200}}) {
    Chain chain(rows.product, rows.attention);
    const double p = piece_s(rows.product, 2);
    const double a = piece_s(rows.attention, 2);
    const std::string what = std::to_string(rows.product) + " and " + std::to_string(rows.attention) + " rows";
    expect_relative(2 * layers * std::max(p, a) + std::min(p, a), chain.run(option("interleave", 2)).time_s, what);
    // The whole batch at once: nothing overlaps.
    expect_relative(layers * (piece_s(rows.product, 1) + piece_s(rows.attention, 1)),
                    chain.run(option("interleave", 1)).time_s, what);
  }
}

TEST(Interleave, WeightsThatAreReadAgainEatWhatIsGained) {
  // One row: a product takes as long for half of a batch as for all of it, but for its rows.
  MachineBench bench(2);
  for (int layer = 0; layer < layers; ++layer) {
    bench.linear("product", 2, 1000, 1000, {}, layer);
    bench.linear("attention", 2, 10, 10, {}, layer);
  }
  const std::string mapping = "product: 'dev[0]', attention: 'dev[1]'";
  const double p = linear_s(1, 1000, 1000), a = linear_s(1, 10, 10);
  expect_relative(2 * layers * p + a, bench.run(devices(2), mapping, option("interleave", 2)).time_s);
  expect_relative(layers * (linear_s(2, 1000, 1000) + linear_s(2, 10, 10)),
                  bench.run(devices(2), mapping, option("interleave", 1)).time_s);
}

TEST(Interleave, OneDeviceTakesAsLongAsWithMicroBatches) {
  MachineBench bench;
  // What is sampled last returns while another part is sampled, or not: links that cost nothing do not tell.
  for (const auto& [links, detail] : std::vector<std::pair<const char*, const char*>>{
           {"", "layers"}, {"ideal_links: true, ", "layers"}, {"ideal_links: true, ", "kernels"}})
    for (const int parts : {2, 4}) {
      const std::string workload =
          std::string("model: models/llama-2-7b.json, prompt_tokens: 8, output_tokens: 3, batch: 4, detail: ") + detail;
      const auto run = [&](const char* name) {
        return bench.run_model(devices(1), "default: dev",
                               std::string("schedule: dataflow, ") + links + name + ": " + std::to_string(parts),
                               workload);
      };
      const SimulationResult interleaved = run("interleave");
      const SimulationResult in_turn = run("microbatches");
      expect_relative(in_turn.time_s, interleaved.time_s, std::to_string(parts) + links);
      expect_relative(in_turn.energy_J(), interleaved.energy_J(), std::to_string(parts) + links);
    }
}

TEST(Interleave, APipelineOfDeepStagesFillsSlower) {
  // Two stages of two layers, n parts, p each. In trace order the first stage does its first layer for all parts before
  // its second, so the second stage begins after n + 1 pieces and works for 2n; in turn it begins after 2.
  for (const int parts : {2, 4, 8}) {
    MachineBench bench(batch);
    for (int layer = 0; layer < 4; ++layer) bench.linear("a", batch, 200, 200, {}, layer);
    const std::string mapping = "layers: {0..1: 'dev[0]', 2..3: 'dev[1]'}";
    const double p = linear_s(static_cast<double>(batch) / parts, 200, 200);
    expect_relative((3 * parts + 1) * p, bench.run(devices(2), mapping, option("interleave", parts)).time_s);
    expect_relative((2 * parts + 2) * p, bench.run(devices(2), mapping, option("microbatches", parts)).time_s);
  }
}

TEST(Interleave, OnePartIsInTheNextPassWhileTheOtherIsStillInThis) {
  // Three passes of x on one device and y, which takes longer, on another; a pass waits for the end of the one before.
  // After the first x the second device is always at work, on the halves in turn.
  MachineBench bench(2);
  std::int64_t before = -1;
  for (int pass = 0; pass < 3; ++pass) {
    const auto x = bench.linear("x", 200, 20, 20, before < 0 ? std::vector<std::int64_t>{} : std::vector{before});
    before = bench.linear("y", 600, 20, 20, {x});
  }
  const double x = linear_s(100, 20, 20), y = linear_s(300, 20, 20);
  const SimulationResult result = bench.run(devices(2), "x: 'dev[0]', y: 'dev[1]'", option("interleave", 2));
  expect_relative(x + 6 * y, result.time_s);
}

TEST(Interleave, ReplicasHaveTheirRowsOfEachPart) {
  // Two replicas, two halves of 8 rows: each device has 2 rows of each half, in either order.
  MachineBench bench(batch);
  for (int layer = 0; layer < layers; ++layer) bench.linear("a", batch, 200, 200, {}, layer);
  for (const char* name : {"interleave", "microbatches"})
    expect_relative(2 * layers * linear_s(2, 200, 200),
                    bench.run(devices(2), "default: {devices: dev, split: replicas}", option(name, 2)).time_s, name);
}
