/// Sub-batches of a step: how sequences are dealt out, and what steps of several take.
#include "service/sub_batches.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "run/run.hpp"
#include "scenario/scenario_reader.hpp"
#include "served_run.hpp"
#include "steps.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

std::string ids(const std::vector<Slice>& slices) {
  std::string text;
  for (const Slice& slice : slices) text += std::to_string(slice.first) + " ";
  return text;
}

struct Case {
  const char* name;
  const char* placed;  ///< the scenario's mapping or parallel
  const char* model;
};

void PrintTo(const Case& a_case, std::ostream* out) {
  *out << a_case.name;
}

class SubBatchesTest : public testing::TestWithParam<Case> {
 protected:
  SubBatchesTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  Scenario scenario(const std::string& workload, int interleave, const std::string& further = "") {
    folder_.write(
        "p.yaml",
        "devices: [{name: gpu, architecture: H100-80GB-SXM, count: 2}, {name: dimm, architecture: "
        "PIM-AI-1dimm, count: 4}]\nnetworks: [{name: nvlink, between: gpu, topology: switch, bw_GBs: 450}]\n");
    return load_scenario(folder_.write("s.yaml", "platform: p.yaml\n" + std::string(GetParam().placed) +
                                                     "\nworkload: {model: models/" + GetParam().model + ".json, " +
                                                     workload + "}\nsimulation: {schedule: dataflow, interleave: " +
                                                     std::to_string(interleave) + "}\n" + further));
  }

  static StepCosts::Options options(std::int64_t sub_batches, bool remembers = true) {
    StepCosts::Options options;
    options.sub_batches = sub_batches;
    options.remembers = remembers;
    return options;
  }

  TemporaryFolder folder_;
};

}  // namespace

/// Tokens behind 100, 700, 300, 500 and 200 rows ask for one pair more than these: 701 and 501, then 301 beside 501,
/// 201 beside 701 and 101 beside 802.
TEST(DealOut, TheLongestGoesWhereLeastIs) {
  std::vector<Slice> slices{{0, 1, 1, 100}, {1, 1, 1, 700}, {2, 1, 1, 300}, {3, 1, 1, 500}, {4, 1, 1, 200}};
  EXPECT_EQ(deal_out(slices, 2), (std::vector<std::size_t>{2, 5}));
  EXPECT_EQ(ids(slices), "1 4 0 2 3 ");
}

/// A prompt of 40 rows has 820 pairs, as many as tokens behind 700 and 118 rows together, to which the last one goes,
/// as they have fewer rows. Behind 10 rows the prompt has 40 · 10 more.
TEST(DealOut, PromptsAskForAllPairs) {
  std::vector<Slice> slices{{0, 1, 1, 700}, {1, 1, 40, 0}, {2, 1, 1, 118}, {3, 1, 1, 1}};
  EXPECT_EQ(deal_out(slices, 2), (std::vector<std::size_t>{1, 4}));
  EXPECT_EQ(ids(slices), "1 0 2 3 ");
  slices = {{0, 1, 1, 1218}, {1, 1, 40, 10}, {2, 1, 1, 5}};
  EXPECT_EQ(deal_out(slices, 2), (std::vector<std::size_t>{1, 3}));
  EXPECT_EQ(ids(slices), "1 0 2 ");
}

TEST(DealOut, EqualSequencesAreSharedEvenly) {
  std::vector<Slice> slices(12, {0, 1, 1, 50});
  EXPECT_EQ(deal_out(slices, 4), (std::vector<std::size_t>{3, 6, 9, 12}));
}

TEST(DealOut, ThereAreNoMoreThanSequences) {
  std::vector<Slice> slices{{0, 1, 1, 5}, {1, 1, 1, 9}};
  EXPECT_EQ(deal_out(slices, 7), (std::vector<std::size_t>{1, 2}));
  EXPECT_EQ(ids(slices), "1 0 ");
  slices.pop_back();
  EXPECT_EQ(deal_out(slices, 7), std::vector<std::size_t>());
  EXPECT_EQ(deal_out(slices, 1), std::vector<std::size_t>());
}

TEST_P(SubBatchesTest, EqualPromptsTakeWhatAFixedRunDoes) {
  for (const int pieces : {2, 4}) {
    const PreparedRun prepared(scenario("logits: last, batch: 8, prompt_tokens: 64, output_tokens: 1", pieces),
                               [](const std::string&) {});
    const SimulationResult whole = run_isolated(prepared.scenario());
    StepCosts costs(prepared, options(pieces));
    StepCost cost, end;
    costs.cost(std::vector<Slice>(8, {0, 1, 64, 0}), cost);
    costs.cost_of_end(8, end);
    EXPECT_NEAR(cost.time_s / whole.time_to_first_token_s(), 1, 1e-9) << pieces;
    const double always_J = idle_J(prepared.platform(), whole.time_s);
    EXPECT_NEAR((cost.dynamic_J + end.dynamic_J + always_J) / whole.energy_J(), 1, 1e-9) << pieces;
  }
}

TEST_P(SubBatchesTest, WhatIsRememberedIsWhatIsMeasured) {
  const PreparedRun prepared(scenario("prompt_tokens: 512, output_tokens: 2", 1), [](const std::string&) {});
  StepCosts remembering(prepared, options(3)), measuring(prepared, options(3, false));
  StepCost remembered, measured;
  RandomStream random(5, "steps");
  for (int i = 0; i < 10; ++i) {
    SCOPED_TRACE(i);
    std::vector<Slice> slices = random_rows(random, 12);
    if (i % 2 == 0) slices.front() = random_chunk(random);
    for (int twice = 0; twice < 2; ++twice) {
      for (Slice& slice : slices) slice.cached_rows += twice * (slice.cached_rows > 0 ? 1 + slice.first : 0);
      remembering.cost(slices, remembered);
      measuring.cost(slices, measured);
      ASSERT_NO_FATAL_FAILURE(expect_same_cost(remembered, measured));
    }
  }
}

/// A step works as its sub-batches would one by one: what they read, compute and send adds up, however they take turns;
/// and it takes no less than any device has to do.
TEST_P(SubBatchesTest, WorkIsThatOfTheSubBatches) {
  const PreparedRun prepared(scenario("prompt_tokens: 512, output_tokens: 2", 1), [](const std::string&) {});
  StepCosts together(prepared, options(2)), alone(prepared, options(1));
  RandomStream random(7, "steps");
  for (int i = 0; i < 8; ++i) {
    std::vector<Slice> slices = random_rows(random, 12);
    StepCost all;
    together.cost(slices, all);
    const std::vector<std::size_t> ends = deal_out(slices, 2);
    if (ends.empty()) continue;
    const auto middle = slices.begin() + static_cast<std::ptrdiff_t>(ends.front());
    StepCost first, second;
    alone.cost({slices.begin(), middle}, first);
    alone.cost({middle, slices.end()}, second);
    for (DeviceIndex d = 1; d < all.devices.size(); ++d) {
      EXPECT_NEAR(all.devices[d].memory_J, first.devices[d].memory_J + second.devices[d].memory_J,
                  1e-9 * all.dynamic_J);
      EXPECT_NEAR(all.devices[d].arithmetic_J, first.devices[d].arithmetic_J + second.devices[d].arithmetic_J,
                  1e-9 * all.dynamic_J);
      EXPECT_LE(all.devices[d].active_s, all.time_s * (1 + 1e-9));
    }
    for (LinkIndex l = 0; l < all.links_B.size(); ++l)
      EXPECT_NEAR(all.links_B[l], first.links_B[l] + second.links_B[l], 1e-9 * all.links_B[l] + 1e-5);
    EXPECT_NEAR(all.cache_J, first.cache_J + second.cache_J, 1e-9 * all.dynamic_J);
    EXPECT_GE(all.time_s * (1 + 1e-9), std::max(first.time_s, second.time_s));
  }
}

/// One sequence is one sub-batch, which is the step.
TEST_P(SubBatchesTest, OneSequenceIsNotCut) {
  const PreparedRun prepared(scenario("prompt_tokens: 512, output_tokens: 2", 1), [](const std::string&) {});
  StepCosts cut(prepared, options(4)), whole(prepared, options(1));
  StepCost one, other;
  cut.cost({{0, 1, 1, 333}}, one);
  whole.cost({{0, 1, 1, 333}}, other);
  EXPECT_EQ(one.time_s, other.time_s);
  EXPECT_EQ(one.dynamic_J, other.dynamic_J);
}

TEST_P(SubBatchesTest, LawsHoldOfServedRuns) {
  std::vector<Request> requests;
  for (int i = 0; i < 24; ++i) requests.push_back(request(i, 0.004 * i, 1 + 97 * i % 300, 1 + 31 * i % 20));
  expect_served(
      scenario(given_by_test, 2, "serving: {kv_blocks: 60, max_num_seqs: 8, max_num_batched_tokens: 256}\n"), requests,
      [&](const PreparedServing&, const ServingRun& run, const Kept& kept) { return laws(requests, run, kept); },
      "hold");
}

INSTANTIATE_TEST_SUITE_P(
    Machines, SubBatchesTest,
    testing::Values(
        Case{"one", "mapping: {default: 'gpu[0]'}", "llama-3.2-1b"},
        Case{"memory_attends", "mapping: {default: 'gpu[0]', scaled_dot_product_attention: dimm}", "llama-3.2-1b"},
        Case{"two_attend", "mapping: {default: gpu, scaled_dot_product_attention: 'dimm[0..1]'}", "llama-3.2-1b"},
        Case{"tensor_parallel", "parallel: {tp: 2, devices: gpu}", "llama-3.2-1b"}),
    [](const testing::TestParamInfo<Case>& of) { return std::string(of.param.name); });
