/// Sequences that come and go: what moves, what is held, and when.
#include <gtest/gtest.h>

#include "machine_bench.hpp"
#include "plan/tasks/task_planner.hpp"
#include "run/prepared_run.hpp"
#include "simulation/simulator.hpp"
#include "support/in_child.hpp"
#include "support/result_numbers.hpp"
#include "upmem_des/model/family_registry.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// Llama-3.1-8B: 32 layers, 8 heads of 128 in the cache, bfloat16. Keys and values of a row:
constexpr double row_B = 2.0 * 32 * 8 * 128 * 2;
constexpr const char* model = "model: models/llama-3.1-8b.json, prompt_tokens: 8, output_tokens: 8, batch: 2";
constexpr const char* phases = "prefill: {default: 'dev[0]'}, decode: {default: 'dev[1]'}";
constexpr DeviceIndex prefills = 1, decodes = 2;

/// A step when the one before it has ended.
class Turns : public StepSource {
 public:
  explicit Turns(std::vector<StepSlices> steps) : steps_(std::move(steps)) {}

  Answer next(const Progress& progress, StepSlices& step) override {
    if (at_ == steps_.size()) return Answer::end();
    if (progress.ended_steps < static_cast<std::int64_t>(at_)) return Answer::wait_for_a_step();
    step = steps_[at_];
    step.number = static_cast<std::int64_t>(at_++);
    return Answer::step();
  }

 private:
  std::vector<StepSlices> steps_;
  std::size_t at_ = 0;
};

std::unique_ptr<DecoderSource> source(const PreparedRun& prepared, const std::vector<StepSlices>& steps) {
  const Workload& workload = prepared.scenario().workload;
  return std::make_unique<DecoderSource>(read_model_config(workload.model), decoder_run(workload),
                                         std::make_unique<Turns>(steps));
}

/// Two sequences: the second comes when the first has given two tokens, the first goes before the second ends.
const std::vector<StepSlices> two_sequences{{0, {{0, 1, 4, 0}}, {}},
                                            {0, {{0, 1, 1, 4}}, {}},
                                            {0, {{1, 1, 3, 0}}, {}},
                                            {0, {{0, 1, 1, 5}, {1, 1, 1, 3}}, {}},
                                            {0, {{1, 1, 1, 4}}, {0}}};

SimulationResult simulated(const PreparedRun& prepared, bool segments) {
  const std::unique_ptr<DecoderSource> calls = source(prepared, two_sequences);
  TaskRules rules = prepared.task_rules();
  rules.reuses_plans = segments;
  TaskPlanner planner(*calls, rules);
  SimulationOptions how;
  how.segments = segments;
  SimulationResult result = simulate(planner, prepared.platform(), how);
  result.events = planner.events();
  return result;
}

void prepare(const std::string& mapping, const std::function<void(const PreparedRun&)>& use) {
  MachineBench bench;
  bench.prepare_model(devices(2), mapping, "schedule: dataflow", model, use);
}

}  // namespace

TEST(Sequences, ACacheMovesOnceAndIsHeldUntilItIsFreed) {
  prepare(phases, [](const PreparedRun& prepared) {
    const std::unique_ptr<DecoderSource> calls = source(prepared, two_sequences);
    MemoryAccount account(prepared.platform().devices.size(), prepared.memory_options());
    TaskPlanner planner(*calls, prepared.task_rules(), &account);
    std::vector<double> moved_B, on_prefills_B, on_decodes_B;
    Progress progress;
    for (PlannedStep step; next_at_once(planner, progress, step);) {
      double of_step_B = 0;
      for (const EventTasks& event : step.plan->events)
        for (const Task& task : event.tasks)
          if (std::string(task.purpose) == "KV cache" && prepared.platform().routes[task.route].to.front() == decodes)
            of_step_B += task.bytes;
      moved_B.push_back(of_step_B / row_B);
      on_prefills_B.push_back(account.kv_cache_B(prefills) / row_B);
      on_decodes_B.push_back(account.kv_cache_B(decodes) / row_B);
    }
    // A prompt's rows move when they have been made; the last entry is the end of the run.
    EXPECT_EQ((std::vector<double>{4, 0, 3, 0, 0, 0}), moved_B);
    // In rows. What has been sent is gone where it came from when its sequence is used again; of the last layer that is
    // seen with the step after.
    EXPECT_EQ((std::vector<double>{0, 5, 5, 6 + 4, 5, 5}), on_decodes_B);
    EXPECT_DOUBLE_EQ(4, on_prefills_B[0]);
    EXPECT_DOUBLE_EQ(3, on_prefills_B[2]);
    EXPECT_LE(on_prefills_B[4], 3.0 / 32);
    EXPECT_DOUBLE_EQ(10 * row_B, account.held()[decodes].kv_cache_B) << "the most at a time";
    EXPECT_DOUBLE_EQ(4 * row_B, account.held()[prefills].kv_cache_B);
  });
}

TEST(Sequences, WhoeverIsInAPromptsStepIsWhereThatIs) {
  // The first sequence goes on while the second's prompt is read: its cache comes back, and leaves again.
  const std::vector<StepSlices> mixed{
      {0, {{0, 1, 4, 0}}, {}}, {0, {{0, 1, 1, 4}, {1, 1, 3, 0}}, {}}, {0, {{0, 1, 1, 5}, {1, 1, 1, 3}}, {}}};
  prepare(phases, [&](const PreparedRun& prepared) {
    const std::unique_ptr<DecoderSource> calls = source(prepared, mixed);
    TaskPlanner planner(*calls, prepared.task_rules());
    std::vector<double> there_B, back_B;
    Progress progress;
    for (PlannedStep step; next_at_once(planner, progress, step);) {
      there_B.push_back(0);
      back_B.push_back(0);
      for (const EventTasks& event : step.plan->events)
        for (const Task& task : event.tasks) {
          if (std::string(task.purpose) != "KV cache") continue;
          const auto& route = prepared.platform().routes[task.route];
          if (route.to.front() == decodes) there_B.back() += task.bytes / row_B;
          if (route.to.front() == prefills) back_B.back() += task.bytes / row_B;
        }
    }
    EXPECT_EQ((std::vector<double>{4, 5 + 3, 0, 0}), there_B);
    EXPECT_EQ((std::vector<double>{0, 4, 0, 0}), back_B);
  });
}

TEST(Sequences, StepsThatOnlyDifferInTheirRowsArePlannedOnce) {
  std::vector<StepSlices> steps{{0, {{0, 1, 4, 0}, {1, 1, 7, 0}}, {}}};
  for (std::int64_t i = 0; i < 6; ++i) steps.push_back({0, {{0, 1, 1, 4 + i}, {1, 1, 1, 7 + i}}, {}});
  steps.push_back({0, {{1, 1, 1, 13}}, {0}});
  steps.push_back({0, {{1, 1, 1, 14}}, {}});
  prepare("default: 'dev[0]'", [&](const PreparedRun& prepared) {
    const std::unique_ptr<DecoderSource> calls = source(prepared, steps);
    TaskRules rules = prepared.task_rules();
    rules.reuses_plans = true;
    TaskPlanner planner(*calls, rules);
    std::vector<std::shared_ptr<const StepPlan>> plans;
    std::string planned;  // one letter a step: anew or again
    Progress progress;
    for (PlannedStep step; next_at_once(planner, progress, step);) {
      planned += plans.empty() || plans.back() != step.plan ? 'n' : 'a';
      plans.push_back(step.plan);
    }
    // The first step of another size finds what the one before has left, and the second is the first that finds what
    // its like has. The last is the end of the run.
    EXPECT_EQ("nnnaaaannn", planned);
  });
}

TEST(Sequences, BothWaysGiveTheSameNumbers) {
  for (const char* mapping : {phases, "default: dev", "default: 'dev[0]', attn_output: 'dev[1]'"}) {
    std::vector<std::vector<ResultNumber>> both;
    for (const bool segments : {true, false})
      prepare(mapping, [&](const PreparedRun& prepared) {
        both.push_back(numbers_from(in_child([&] { return text_of(numbers_of(simulated(prepared, segments))); })));
      });
    ASSERT_FALSE(both[0].empty());
    EXPECT_EQ("", differences(both[0], both[1])) << mapping;
  }
}
