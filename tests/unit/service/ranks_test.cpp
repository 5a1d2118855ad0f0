/// Ranks of data-parallel attention, whose steps are one: what these take.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "run/run.hpp"
#include "scenario/scenario_reader.hpp"
#include "steps.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

struct Case {
  const char* name;
  const char* parallel;
  std::size_t ranks;
  const char* model;
  const char* settings;  ///< of the section `workload`
  double row_B;          ///< of a token's cache, on one device
};

void PrintTo(const Case& a_case, std::ostream* out) {
  *out << a_case.name;
}

class RanksTest : public testing::TestWithParam<Case> {
 protected:
  RanksTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  Scenario scenario(std::int64_t batch, std::int64_t prompt_tokens, int output_tokens,
                    const std::string& schedule = "dataflow") {
    const Case& a_case = GetParam();
    folder_.write("p.yaml",
                  "devices: [{name: gpu, architecture: H100-80GB-SXM, count: 4}]\n"
                  "networks: [{name: nvlink, between: gpu, topology: switch, bw_GBs: 450, latency_ns: 500}]\n");
    return load_scenario(folder_.write(
        "s.yaml", "platform: p.yaml\nparallel: " + std::string(a_case.parallel) + "\nworkload: {model: models/" +
                      a_case.model + ".json, logits: last, batch: " + std::to_string(batch) + ", prompt_tokens: " +
                      std::to_string(prompt_tokens) + ", output_tokens: " + std::to_string(output_tokens) +
                      ", routing: balanced" + a_case.settings + "}\nsimulation: {schedule: " + schedule + "}\n"));
  }

  StepCosts::Options options(bool remembers = true) const {
    StepCosts::Options options;
    options.remembers = remembers;
    options.ranks = GetParam().ranks;
    return options;
  }

  TemporaryFolder folder_;
};

/// A step of sequences of each rank.
struct RankStep {
  std::vector<Slice> slices;
  std::vector<std::size_t> ends;

  void add_rank(const std::vector<Slice>& of_rank) {
    for (Slice slice : of_rank) {
      slice.first = static_cast<SequenceId>(slices.size());
      slices.push_back(slice);
    }
    ends.push_back(slices.size());
  }
};

/// Of what devices compute and read.
double work_J(const StepCost& cost) {
  double sum_J = 0;
  for (const Stretch& device : cost.devices) sum_J += device.arithmetic_J + device.vector_J + device.memory_J;
  return sum_J;
}

std::vector<Slice> random_rank(RandomStream& random, bool with_prompt) {
  std::vector<Slice> slices = random_rows(random, 9);
  if (with_prompt && random.below(2) == 0) slices.front() = random_chunk(random);
  return slices;
}

}  // namespace

/// All ranks have the same to do, as replicas of one batch have. One event after the other, since else ranks of a run
/// may be a little ahead into the next step.
TEST_P(RanksTest, EqualSequencesTakeWhatAFixedRunDoes) {
  constexpr std::int64_t batch = 32, prompt = 64, outputs = 4;
  const auto ranks = static_cast<std::int64_t>(GetParam().ranks);
  const PreparedRun prepared(scenario(batch, prompt, outputs, "sequential"), [](const std::string&) {});
  const SimulationResult whole = run_isolated(prepared.scenario());
  StepCosts costs(prepared, options());
  double time_s = 0, dynamic_J = 0;
  StepCost cost;
  for (std::int64_t i = 0; i < outputs; ++i) {
    RankStep step;
    for (std::int64_t rank = 0; rank < ranks; ++rank)
      step.add_rank(std::vector<Slice>(batch / ranks, {0, 1, i == 0 ? prompt : 1, i == 0 ? 0 : prompt + i - 1}));
    costs.cost(step.slices, cost, step.ends);
    time_s += cost.time_s;
    dynamic_J += cost.dynamic_J;
  }
  costs.cost_of_end(outputs * batch, cost);
  time_s += cost.time_s;
  dynamic_J += cost.dynamic_J;
  EXPECT_NEAR(time_s / whole.time_s, 1, 1e-9);
  EXPECT_NEAR((dynamic_J + idle_J(prepared.platform(), whole.time_s)) / whole.energy_J(), 1, 1e-9);
  EXPECT_EQ(costs.planned_steps(), 2);
}

/// The same of a run's first step, with devices that do not wait for each other.
TEST_P(RanksTest, EqualPromptsTakeWhatPrefillDoes) {
  constexpr std::int64_t batch = 32, prompt = 64;
  const auto ranks = static_cast<std::int64_t>(GetParam().ranks);
  const PreparedRun prepared(scenario(batch, prompt, 1), [](const std::string&) {});
  StepCosts costs(prepared, options());
  RankStep step;
  for (std::int64_t rank = 0; rank < ranks; ++rank) step.add_rank(std::vector<Slice>(batch / ranks, {0, 1, prompt, 0}));
  StepCost cost;
  costs.cost(step.slices, cost, step.ends);
  EXPECT_NEAR(cost.time_s / run_isolated(prepared.scenario()).time_to_first_token_s(), 1, 1e-9);
}

TEST_P(RanksTest, WhatIsRememberedIsWhatIsMeasured) {
  const PreparedRun prepared(scenario(4, 512, 2), [](const std::string&) {});
  StepCosts remembering(prepared, options()), measuring(prepared, options(false));
  StepCost remembered, measured;
  RandomStream random(5, "steps");
  for (int i = 0; i < 6; ++i) {
    SCOPED_TRACE(i);
    RankStep step;
    for (std::size_t rank = 0; rank < GetParam().ranks; ++rank) step.add_rank(random_rank(random, i % 2 == 0));
    for (int twice = 0; twice < 2; ++twice) {
      // Of the same sizes with longer caches.
      for (Slice& slice : step.slices) slice.cached_rows += twice * (slice.cached_rows > 0 ? 1 + slice.first : 0);
      remembering.cost(step.slices, remembered, step.ends);
      measuring.cost(step.slices, measured, step.ends);
      ASSERT_NO_FATAL_FAILURE(expect_same_cost(remembered, measured));
    }
  }
  EXPECT_LT(remembering.planned_steps(), measuring.planned_steps());
}

/// On a machine whose devices are alike, and where all experts have as many rows, it does not matter which rank has
/// which sequences, nor in which order.
TEST_P(RanksTest, PermutedRanksTakeTheSame) {
  const PreparedRun prepared(scenario(4, 512, 2), [](const std::string&) {});
  StepCosts costs(prepared, options());
  RandomStream random(9, "steps");
  for (int i = 0; i < 6; ++i) {
    std::vector<std::vector<Slice>> ranks;
    std::int64_t rows = 0;
    for (std::size_t rank = 0; rank < GetParam().ranks; ++rank) {
      ranks.push_back(random_rank(random, i % 2 == 0));
      for (const Slice& slice : ranks.back()) rows += slice.new_rows;
    }
    // Of any 32 rows each expert has as many.
    for (; rows % 32 != 0; ++rows) ranks.front().push_back({0, 1, 1, 100 + rows});
    const auto cost_of = [&] {
      RankStep step;
      for (const std::vector<Slice>& rank : ranks) step.add_rank(rank);
      StepCost cost;
      costs.cost(step.slices, cost, step.ends);
      return cost;
    };
    const StepCost one = cost_of();
    std::rotate(ranks.begin(), ranks.begin() + 1, ranks.end());
    for (std::vector<Slice>& rank : ranks) std::reverse(rank.begin(), rank.end());
    const StepCost other = cost_of();
    EXPECT_NEAR(one.time_s / other.time_s, 1, 2e-3) << i;
    EXPECT_NEAR(one.cache_J, other.cache_J, 1e-9 * one.dynamic_J) << i;
    EXPECT_NEAR(one.attention_J, other.attention_J, 1e-9 * one.dynamic_J) << i;
    // Of two ways for rows that take as long, another one may be taken.
    EXPECT_NEAR(work_J(one) / work_J(other), 1, 1e-3) << i;
  }
}

/// A rank with longer caches is waited for, and what it reads is its own.
TEST_P(RanksTest, LongerCachesOfOneRankAreReadByItAlone) {
  const PreparedRun prepared(scenario(4, 512, 2), [](const std::string&) {});
  StepCosts costs(prepared, options());
  const auto cost_of = [&](std::int64_t rows) {
    RankStep step;
    for (std::size_t rank = 0; rank < GetParam().ranks; ++rank)
      step.add_rank({{0, 1, 1, rank == 0 ? rows : 1000}, {0, 1, 1, 1000}});
    StepCost cost;
    costs.cost(step.slices, cost, step.ends);
    return cost;
  };
  const StepCost shorter = cost_of(1000), longer = cost_of(101'000);
  EXPECT_GT(longer.time_s, shorter.time_s);
  const std::size_t of_rank = 4 / GetParam().ranks;
  for (DeviceIndex i = 1; i <= 4; ++i) {
    const double byte_J = prepared.platform().devices[i].architecture.memory.energy_J_per_byte;
    const double more_B = (longer.devices[i].memory_J - shorter.devices[i].memory_J) / byte_J;
    EXPECT_NEAR(more_B, i <= of_rank ? 100'000 * GetParam().row_B : 0, 1e-9 * 1e5 * GetParam().row_B) << i;
  }
}

// A row of a latent cache is 576 numbers of two bytes in each of 27 layers, on every device of a rank: 31,104 bytes.
// One of 8 heads of keys and values of 128 numbers in each of 32 layers is 131,072 bytes, which two devices share.
INSTANTIATE_TEST_SUITE_P(
    Machines, RanksTest,
    testing::Values(Case{"latent", "{dp: 4, ep: 4}", 4, "deepseek-v2-lite", "", 31'104},
                    Case{"layers", "{dp: 4, ep: 4}", 4, "mixtral-8x7b", ", detail: layers", 131'072},
                    Case{"heads", "{dp: 4, ep: 4}", 4, "mixtral-8x7b", "", 131'072},
                    Case{"grid", "{dp: 2, tp: 2, ep: 4}", 2, "mixtral-8x7b", "", 65'536},
                    Case{"latent_grid", "{dp: 2, tp: 2, ep: 4}", 2, "deepseek-v2-lite", "", 31'104},
                    Case{"shared_experts", "{dp: 4, ep: 2}", 4, "mixtral-8x7b", "", 131'072}),
    [](const testing::TestParamInfo<Case>& of) { return std::string(of.param.name); });
