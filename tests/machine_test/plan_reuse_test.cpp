/// A step that calls what the one before it did is planned as it would be anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "law_cases.hpp"
#include "machine_bench.hpp"
#include "plan/tasks/task_planner.hpp"
#include "run/prepared_run.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// All tasks of a run, and how many plans they come from.
struct Planned {
  std::vector<Task> tasks;
  std::size_t plans = 0;
  std::int64_t events = 0;
  std::int64_t forward_passes = 0;
};

Planned plan(const PreparedRun& prepared, bool reuses) {
  const std::unique_ptr<CallSource> steps = prepared.workload().open_steps();
  TaskRules rules = prepared.task_rules();
  rules.reuses_plans = reuses;
  TaskPlanner planner(*steps, rules);
  Planned planned;
  std::shared_ptr<const StepPlan> latest;
  Progress progress;
  for (PlannedStep step; next_at_once(planner, progress, step);) {
    if (step.plan != latest) ++planned.plans;
    latest = step.plan;
    for (std::size_t i = 0; i < step.plan->events.size(); ++i)
      for (const Task& task : step.event(i).tasks) planned.tasks.push_back(task);
  }
  planned.events = planner.events();
  planned.forward_passes = planner.forward_passes();
  return planned;
}

void expect_near(double expected, double actual, const char* what, TaskId id) {
  ASSERT_NEAR(expected, actual, 1e-13 * std::abs(expected)) << what << " of task " << id;
}

void expect_same(const Task& one, const Task& other) {
  ASSERT_EQ(one.id, other.id);
  ASSERT_EQ(one.kind, other.kind) << one.id;
  ASSERT_EQ(one.after, other.after) << one.id;
  ASSERT_STREQ(one.purpose, other.purpose) << one.id;
  ASSERT_EQ(one.ends_prefill, other.ends_prefill) << one.id;
  if (one.kind == Task::Kind::Transfer) {
    ASSERT_EQ(one.route, other.route) << one.id;
    ASSERT_EQ(one.bytes, other.bytes) << one.id;
    ASSERT_EQ(one.latency_s, other.latency_s) << one.id;
  } else if (one.kind == Task::Kind::Compute) {
    ASSERT_EQ(one.device, other.device) << one.id;
    ASSERT_EQ(one.demand.size(), other.demand.size()) << one.id;
    for (std::size_t i = 0; i < one.demand.size(); ++i) {
      const Step &a = one.demand[i], &b = other.demand[i];
      expect_near(a.time_s(), b.time_s(), "time", one.id);
      expect_near(a.flop, b.flop, "flop", one.id);
      expect_near(a.memory_bytes + a.kv_bytes, b.memory_bytes + b.kv_bytes, "bytes", one.id);
      expect_near(a.weight_bytes, b.weight_bytes, "weights", one.id);
      expect_near(a.compute.energy_J + a.memory.energy_J + a.kv.energy_J,
                  b.compute.energy_J + b.memory.energy_J + b.kv.energy_J, "energy", one.id);
    }
  }
}

/// The case's workload with so many tokens out.
std::string with_tokens(const LawCase& one, const std::string& tokens) {
  std::string workload = one.workload;
  const std::string key = "output_tokens: ";
  workload.replace(workload.find(key) + key.size(), 1, tokens);
  return workload;
}

class PlanReuse : public ::testing::TestWithParam<LawCase> {};

}  // namespace

TEST_P(PlanReuse, ThePlansAreThoseThatWouldBeMade) {
  for (const char* how : {"schedule: sequential", "schedule: dataflow", "schedule: dataflow, chunks: 4",
                          "schedule: dataflow, prefetch_weights: true"}) {
    SCOPED_TRACE(how);
    Planned anew, again;
    MachineBench bench;
    bench.prepare_model(GetParam().platform, GetParam().mapping, how, with_tokens(GetParam(), "8"),
                        [&](const PreparedRun& prepared) {
                          anew = plan(prepared, false);
                          again = plan(prepared, true);
                        });
    EXPECT_EQ(anew.events, again.events);
    EXPECT_EQ(anew.forward_passes, again.forward_passes);
    EXPECT_LE(again.plans, anew.plans);
    ASSERT_EQ(anew.tasks.size(), again.tasks.size());
    for (std::size_t i = 0; i < anew.tasks.size(); ++i) {
      expect_same(anew.tasks[i], again.tasks[i]);
      if (HasFatalFailure()) return;
    }
    // Prefill, the first decode steps, in which caches find their places, and what ends the run.
    if (std::string(GetParam().workload).find("mixtral") == std::string::npos) {
      EXPECT_LE(again.plans, 5U);
      EXPECT_EQ(9U, anew.plans);
    }
  }
}

TEST_P(PlanReuse, WhatOtherDevicesKeepIsSentAsItWouldBe) {
  for (const char* offload : {"{weights: {to: HOST, share: 0.5}}", "{kv_cache: {to: HOST, share: 0.5}}"})
    for (const char* how : {"schedule: sequential", "schedule: dataflow"}) {
      SCOPED_TRACE(std::string(offload) + ", " + how);
      Planned anew, again;
      MachineBench bench;
      bench.sections = std::string("offload: ") + offload + "\n";
      bench.prepare_model(GetParam().platform, GetParam().mapping, how, with_tokens(GetParam(), "8"),
                          [&](const PreparedRun& prepared) {
                            anew = plan(prepared, false);
                            again = plan(prepared, true);
                          });
      ASSERT_EQ(anew.tasks.size(), again.tasks.size());
      for (std::size_t i = 0; i < anew.tasks.size(); ++i) {
        expect_same(anew.tasks[i], again.tasks[i]);
        if (HasFatalFailure()) return;
      }
      // Caches grow with every step; weights do not.
      if (std::string(offload).find("weights") != std::string::npos &&
          std::string(GetParam().workload).find("mixtral") == std::string::npos) {
        EXPECT_LE(again.plans, 6U);
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Machines, PlanReuse, ::testing::ValuesIn(law_cases),
                         [](const ::testing::TestParamInfo<LawCase>& one) { return one.param.name; });
