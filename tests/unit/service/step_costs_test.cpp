/// What single steps take, beside whole runs of them.
#include "service/step_costs.hpp"

#include <gtest/gtest.h>

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
  const char* platform;
  const char* placed;  ///< the scenario's mapping or parallel
  const char* model;
  const char* settings;  ///< of the section `workload`
};

void PrintTo(const Case& a_case, std::ostream* out) {
  *out << a_case.name;
}

constexpr const char* one_gpu = "devices: [{name: gpu, architecture: H100-80GB-SXM}]\n";
constexpr const char* eight_gpus =
    "devices: [{name: gpu, architecture: H100-80GB-SXM, count: 8}]\n"
    "networks: [{name: nvlink, between: gpu, topology: switch, bw_GBs: 450, latency_ns: 500}]\n";
constexpr const char* dimms = "devices: [{name: dimm, architecture: PIM_AI_4chip, count: 4}]\n";

class StepCostsTest : public testing::TestWithParam<Case> {
 protected:
  StepCostsTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  Scenario scenario(const std::string& prompts, int output_tokens) {
    const Case& a_case = GetParam();
    folder_.write("p.yaml", a_case.platform);
    return load_scenario(
        folder_.write("s.yaml", "platform: p.yaml\n" + std::string(a_case.placed) + "\nworkload: {model: models/" +
                                    a_case.model + ".json, logits: last, prompt_tokens: " + prompts +
                                    ", output_tokens: " + std::to_string(output_tokens) + a_case.settings + "}\n"));
  }

  TemporaryFolder folder_;
};

const std::vector<std::int64_t> prompts{300, 40, 1, 77};

}  // namespace

TEST_P(StepCostsTest, StepsOfARunTakeWhatItTakes) {
  const PreparedRun prepared(scenario("[300, 40, 1, 77]", 5), [](const std::string&) {});
  const SimulationResult whole = run_isolated(prepared.scenario());
  StepCosts costs(prepared, {});
  double time_s = 0, dynamic_J = 0, most_W = 0;
  StepCost cost;
  for (std::int64_t step = 0; step < 5; ++step) {
    std::vector<Slice> slices;
    for (std::size_t i = 0; i < prompts.size(); ++i)
      slices.push_back(
          {static_cast<SequenceId>(i), 1, step == 0 ? prompts[i] : 1, step == 0 ? 0 : prompts[i] + step - 1});
    costs.cost(slices, cost);
    time_s += cost.time_s;
    dynamic_J += cost.dynamic_J;
    most_W = std::max(most_W, cost.most_W);
    EXPECT_GE(cost.most_W * (1 + 1e-9), cost.dynamic_J / cost.time_s) << step;
  }
  costs.cost_of_end(5 * 4, cost);
  time_s += cost.time_s;
  dynamic_J += cost.dynamic_J;
  most_W = std::max(most_W, cost.most_W);
  EXPECT_NEAR(time_s / whole.time_s, 1, 1e-9);
  EXPECT_NEAR((dynamic_J + idle_J(prepared.platform(), whole.time_s)) / whole.energy_J(), 1, 1e-9);
  EXPECT_NEAR((most_W + idle_J(prepared.platform(), 1)) / whole.peak_power_W().value(), 1, 1e-9);
  EXPECT_TRUE(costs.all_additive());
  EXPECT_EQ(costs.planned_steps(), 2);
}

TEST_P(StepCostsTest, WhatIsRememberedIsWhatIsMeasured) {
  const PreparedRun prepared(scenario("512", 2), [](const std::string&) {});
  StepCosts remembering(prepared, {}), measuring(prepared, {false, false});
  StepCost remembered, measured;
  for (const std::vector<Slice>& slices : std::vector<std::vector<Slice>>{{{0, 1, 100, 0}, {1, 1, 1, 500}},
                                                                          {{0, 1, 50, 1000}, {1, 1, 51, 0}},
                                                                          {{0, 1, 1, 5000}, {1, 1, 100, 17}},
                                                                          {{0, 1, 1, 7}},
                                                                          {{0, 1, 1, 0}},
                                                                          {{0, 1, 1, 99'999}}}) {
    remembering.cost(slices, remembered);
    measuring.cost(slices, measured);
    expect_same_cost(remembered, measured);
  }
}

/// Sizes of all sorts, so that most follow from others.
TEST_P(StepCostsTest, WhatFollowsFromOtherSizesIsWhatIsMeasured) {
  const PreparedRun prepared(scenario("512", 2), [](const std::string&) {});
  StepCosts remembering(prepared, {}), measuring(prepared, {false, false});
  StepCost remembered, measured;
  RandomStream random(11, "steps");
  for (int step = 0; step < 24; ++step) {
    SCOPED_TRACE(step);
    std::vector<Slice> slices = random_rows(random, 12);
    if (step % 2 == 0) slices.front() = random_chunk(random);
    remembering.cost(slices, remembered);
    measuring.cost(slices, measured);
    ASSERT_NO_FATAL_FAILURE(expect_same_cost(remembered, measured));
  }
}

/// Rows that verify drafts, beside prompts and single rows; sizes of all sorts, so that most follow from others.
TEST_P(StepCostsTest, WithDraftsWhatFollowsIsWhatIsMeasured) {
  const PreparedRun prepared(scenario("512", 2), [](const std::string&) {});
  StepCosts remembering(prepared, {}), measuring(prepared, {false, false});
  StepCost remembered, measured;
  RandomStream random(17, "steps");
  for (int step = 0; step < 24; ++step) {
    SCOPED_TRACE(step);
    std::vector<Slice> slices = random_rows(random, 12);
    // In every third step all have equally many.
    for (Slice& slice : slices) slice.new_rows = slice.logit_rows = 1 + (step % 3 == 0 ? 4 : random.below(5));
    if (step % 4 == 1) slices.front() = {0, 1, 1 + random.below(400), 0, 1};
    remembering.cost(slices, remembered);
    measuring.cost(slices, measured);
    ASSERT_NO_FATAL_FAILURE(expect_same_cost(remembered, measured));
  }
}

/// The head works on the last row of a prompt, and on each row that verifies a draft; so does what samples.
TEST(StepCalls, HaveLogitsOfEveryRowThatVerifies) {
  ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
  TemporaryFolder folder;
  for (const std::string detail : {"layers", "kernels"}) {
    const PreparedRun prepared(
        load_scenario(folder.write("s.yaml",
                                   "mapping: {default: H100-80GB-SXM}\nworkload: {model: models/llama-3.2-1b.json, "
                                   "prompt_tokens: 8, output_tokens: 2, sampling: true, detail: " +
                                       detail + "}\n")),
        [](const std::string&) {});
    StepCallsMaker maker(prepared.workload());
    const auto shapes = [&](const std::vector<Slice>& slices) {
      std::string text;
      const StepCalls& calls = maker.calls({0, slices, {}});
      for (const LayerEvent& call : calls.calls)
        if (call.name == Name("lm_head") || call.name == Name("probs") || call.name == Name("sampler"))
          text += call.input_shape.str();
      return text;
    };
    // As layers a token is sampled at the beginning of the next step.
    const std::string head = "[1, 4, 2048]", sampled = "[4, 128256]";
    EXPECT_EQ(shapes({{0, 1, 100, 0}, {1, 1, 3, 7, 3}}), detail == "kernels" ? head + sampled : head);
    EXPECT_EQ(shapes({{0, 2, 2, 9, 2}}), detail == "kernels" ? head + sampled : sampled + head);
    EXPECT_EQ(shapes({{0, 4, 1, 9}}), detail == "kernels" ? head + sampled : head);
  }
}

/// Layers go to and fro between two devices before a third has the last of them: the two wait for each other, and
/// what they add up to by themselves is less than the step waits for. The end of their stage is not known of any
/// other step.
TEST(StepStages, DevicesThatTakeTurnsAreOneStage) {
  ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
  TemporaryFolder folder;
  folder.write("p.yaml", "devices: [{name: gpu, architecture: H100-80GB-SXM, count: 3}]\n");
  const auto cost_of = [&](const std::string& first, const std::string& second) {
    const PreparedRun prepared(
        load_scenario(folder.write("s.yaml",
                                   "platform: p.yaml\nmapping: {default: 'gpu[0]', norm: 'gpu[2]', lm_head: 'gpu[2]', "
                                   "sampler: 'gpu[2]', layers: {0..3: " +
                                       first + ", 4..7: " + second + ", 8..11: " + first +
                                       ", 12..15: 'gpu[2]'}}\nworkload: {model: models/llama-3.2-1b.json, "
                                       "prompt_tokens: 512, output_tokens: 2}\n")),
        [](const std::string&) {});
    StepCosts costs(prepared, {});
    StepCost cost;
    costs.cost({{0, 1, 1, 900}}, cost);  // which is planned
    costs.cost({{0, 1, 1, 3000}}, cost);
    return cost;
  };
  const StepCost turns = cost_of("'gpu[0]'", "'gpu[1]'");
  ASSERT_EQ(turns.stages.size(), 1U);
  EXPECT_NEAR(turns.stages.front().last_s / turns.time_s, 1, 1e-9);
  const StepCost stages = cost_of("'gpu[0]'", "'gpu[0]'");
  ASSERT_EQ(stages.stages.size(), 2U);
  EXPECT_NEAR(stages.stages.back().last_s / stages.time_s, 1, 1e-9);
}

INSTANTIATE_TEST_SUITE_P(
    Machines, StepCostsTest,
    testing::Values(Case{"one", one_gpu, "mapping: {default: gpu}", "llama-3.1-8b", ""},
                    Case{"layers", one_gpu, "mapping: {default: gpu}", "llama-3.1-8b", ", detail: layers"},
                    Case{"tensor_parallel", eight_gpus, "parallel: {tp: 8}", "llama-3.1-8b", ""},
                    Case{"pipeline", eight_gpus, "parallel: {pp: 4, tp: 2}", "llama-3.1-8b", ""},
                    Case{"experts", eight_gpus, "parallel: {tp: 8, ep: 8}", "mixtral-8x7b", ", routing: balanced"},
                    Case{"latent", one_gpu, "mapping: {default: gpu}", "deepseek-v2-lite", ", routing: balanced"},
                    Case{"memory", dimms, "parallel: {tp: 4}", "llama-2-7b", ""}),
    [](const testing::TestParamInfo<Case>& of) { return std::string(of.param.name); });
