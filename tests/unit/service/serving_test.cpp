/// Whole runs that serve requests, beside closed forms.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "platform/idle_power.hpp"
#include "run/run.hpp"
#include "scenario/scenario_reader.hpp"
#include "served_run.hpp"
#include "steps.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class ServingTest : public testing::Test {
 protected:
  ServingTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  /// `serving` and `simulation` are flow maps without their braces.
  Scenario scenario(const std::string& serving, const std::string& simulation = "",
                    const std::string& workload = given_by_test, int gpus = 1) {
    folder_.write("p.yaml",
                  "devices: [{name: gpu, architecture: H100-80GB-SXM, count: " + std::to_string(gpus) + "}]\n");
    return load_scenario(folder_.write(
        "s.yaml", "platform: p.yaml\nmapping: {default: gpu}\nworkload: {model: models/llama-3.2-1b.json, " + workload +
                      "}\n" + (workload == given_by_test ? "serving: {" + serving + "}\n" : "") + "simulation: {" +
                      simulation + "}\n"));
  }

  TemporaryFolder folder_;
};

}  // namespace

TEST_F(ServingTest, ABatchOfAllRequestsIsAFixedRun) {
  const std::string fixed = "prompt_tokens: 300, output_tokens: 7, batch: 4";
  const SimulationResult whole = run_isolated(scenario("", "", fixed));
  for (const char* async : {"true", "false"}) {
    std::vector<Request> requests;
    for (int i = 0; i < 4; ++i) requests.push_back(request(i, 0, 300, 7));
    EXPECT_EQ(
        served(scenario(std::string("kv_blocks: 1000, prefix_caching: false, max_num_batched_tokens: 2048, async: ") +
                        async),
               requests,
               [&](const PreparedServing&, const ServingRun& run, const Kept& kept) {
                 // The first token comes with prefill.
                 return same(run.machine.time_s, whole.time_s) + " " + same(run.serving.energy_J, whole.energy_J()) +
                        " " + same(kept.records.at(3).first_token_s, whole.time_to_first_token_s()) + " " +
                        same(run.serving.peak_power_W.value(), whole.peak_power_W().value()) + " " +
                        std::to_string(run.serving.steps.count);
               }),
        "1 1 1 1 7");
  }
}

/// Two instances that get the same at the same time draw twice as much as one, and as much as one when the second
/// request comes when the first has been served; never more than all devices and links can.
TEST_F(ServingTest, PeakPowerOfSeveralInstances) {
  const std::string serving = "kv_blocks: 1000, prefix_caching: false, router: {policy: round_robin}";
  const auto peak_W = [&](const std::string& more, std::vector<double> arrivals_s) {
    std::vector<Request> requests;
    for (const double arrival_s : arrivals_s)
      requests.push_back(request(static_cast<std::int64_t>(requests.size()), arrival_s, 300, 7));
    return served(scenario(serving + more, "", given_by_test, more.empty() ? 1 : 2), requests,
                  [&](const PreparedServing& prepared, const ServingRun& run, const Kept& kept) {
                    const std::string broken = laws(requests, run, kept);
                    if (broken != "hold") return broken;
                    if (run.serving.peak_power_W.value() > most_W(prepared.machine()))
                      return std::string("above all ratings");
                    std::ostringstream text;
                    text.precision(17);
                    text << run.serving.peak_power_W.value() - idle_W(prepared.machine());
                    return text.str();
                  });
  };
  const double one_W = std::stod(peak_W("", {0}));
  EXPECT_NEAR(std::stod(peak_W(", replicas: 2", {0, 0})) / (2 * one_W), 1, 1e-9);
  EXPECT_NEAR(std::stod(peak_W(", replicas: 2", {0, 1000})) / one_W, 1, 1e-9);
}

/// One seat, requests of one token each: a queue whose service always takes the same. Lindley's recursion gives each
/// wait, and the mean of M/D/1 is ρ D / (2 (1 − ρ)).
TEST_F(ServingTest, OneSeatIsAQueueWithFixedService) {
  const Scenario one_seat = scenario("kv_blocks: 1000, max_num_seqs: 1, async: false, prefix_caching: false");
  double service_s = 0;
  {
    const PreparedServing prepared(one_seat, [](const std::string&) {});
    service_s = step_s(prepared.instance(), 500, 0);
  }
  constexpr double load = 0.7;
  constexpr int count = 20'000;
  std::vector<Request> requests;
  std::vector<double> waits_s;
  RandomStream random(7, "gaps");
  double arrival_s = 0, wait_s = 0;
  for (int i = 0; i < count; ++i) {
    requests.push_back(request(i, arrival_s, 500, 1));
    waits_s.push_back(wait_s);
    const double gap_s = random.exponential() * service_s / load;
    wait_s = std::max(0.0, wait_s + service_s - gap_s);
    arrival_s += gap_s;
  }
  EXPECT_EQ(served(one_seat, requests,
                   [&](const PreparedServing&, const ServingRun& run, const Kept& kept) -> std::string {
                     for (int i = 0; i < count; ++i)
                       if (const double queued_s = kept.records.at(i).queued_s();
                           std::abs(queued_s - waits_s[static_cast<std::size_t>(i)]) > 1e-9 * arrival_s)
                         return "request " + std::to_string(i) + " waited " + std::to_string(queued_s);
                     const double formula_s = load * service_s / (2 * (1 - load));
                     const double off = run.serving.queued_s.mean / formula_s - 1;
                     return std::abs(off) < 0.1 ? "as Lindley and M/D/1" : "mean off by " + std::to_string(off);
                   }),
            "as Lindley and M/D/1");
}

/// All requests are there at once, equal, and as many as there are seats fit: batches follow each other.
TEST_F(ServingTest, ASaturatedServerGivesWhatItsStepsTake) {
  const Scenario eight_seats =
      scenario("kv_blocks: 1000, max_num_seqs: 8, async: false, prefix_caching: false, max_num_batched_tokens: 8000");
  double batch_s = 0;
  {
    const PreparedServing prepared(eight_seats, [](const std::string&) {});
    StepCosts costs(prepared.instance(), {});
    StepCost cost;
    for (int step = 0; step < 5; ++step) {
      std::vector<Slice> slices;
      for (int i = 0; i < 8; ++i) slices.push_back({i, 1, step == 0 ? 100 : 1, step == 0 ? 0 : 99 + step});
      costs.cost(slices, cost);
      batch_s += cost.time_s;
    }
  }
  std::vector<Request> requests;
  for (int i = 0; i < 80; ++i) requests.push_back(request(i, 0, 100, 5));
  EXPECT_EQ(served(eight_seats, requests,
                   [&](const PreparedServing&, const ServingRun& run, const Kept&) {
                     const ServingResult& result = run.serving;
                     return same(result.makespan_s, 10 * batch_s) + " " +
                            same(result.per_second(result.output_tokens), 40 / batch_s) + " " +
                            std::to_string(result.steps.count);
                   }),
            "1 1 50");
}

/// Requests of all sizes on few blocks, so that some are preempted; a run without memory of its steps gives the same.
TEST_F(ServingTest, LawsHoldUnderPreemption) {
  RandomStream random(3, "requests");
  const std::vector<Request> requests = random_requests(random, 60, {400, 60});
  for (const char* async : {"true", "false"})
    expect_served(
        scenario(std::string("kv_blocks: 60, max_num_seqs: 16, max_num_batched_tokens: 256, async: ") + async),
        requests,
        [&](const PreparedServing&, const ServingRun& run, const Kept& kept) {
          const ServingResult::Cache& cache = run.serving.cache;
          return laws(requests, run, kept) + " " + std::to_string(cache.preemptions > 0) +
                 std::to_string(cache.peak_blocks <= 60);
        },
        "hold 11");
}

/// A prompt a step: each stage takes one after the other, and the last prompt comes out a step's time after it has gone
/// in.
TEST_F(ServingTest, PipelineStagesWorkOnDifferentSteps) {
  folder_.write("eight.yaml",
                "devices: [{name: gpu, architecture: H100-80GB-SXM, count: 8}]\n"
                "networks: [{name: nvlink, between: gpu, topology: switch, bw_GBs: 450, latency_ns: 500}]\n");
  const Scenario pipeline = load_scenario(folder_.write(
      "s.yaml", "platform: eight.yaml\nparallel: {tp: 2, pp: 4}\nworkload: {model: models/llama-3.2-1b.json, " +
                    given_by_test +
                    "}\nserving: {kv_blocks: 5000, max_num_batched_tokens: 512, prefix_caching: false}\n"));
  double step_s = 0, stage_s = 0;
  {
    const PreparedServing prepared(pipeline, [](const std::string&) {});
    StepCosts costs(prepared.instance(), {});
    StepCost cost;
    costs.cost({{0, 1, 512, 0}}, cost);
    step_s = cost.time_s;
    ASSERT_EQ(cost.stages.size(), 4U);
    for (const StageSpan& stage : cost.stages) stage_s = std::max(stage_s, stage.last_s - stage.first_s);
    // The last stage has the head, too; the others a quarter of the layers each.
    EXPECT_GT(stage_s, step_s / 4);
    EXPECT_LT(stage_s, step_s / 3);
  }
  std::vector<Request> requests;
  for (int i = 0; i < 20; ++i) requests.push_back(request(i, 0, 512, 1));
  EXPECT_EQ(served(pipeline, requests,
                   [&](const PreparedServing&, const ServingRun& run, const Kept&) {
                     return same(run.serving.makespan_s, step_s + 19 * stage_s) + " " +
                            std::to_string(run.serving.steps.count) + " " +
                            same(run.serving.requests_J + run.serving.idle_J, run.serving.energy_J);
                   }),
            "1 20 1");
}

/// Before anything is simulated.
TEST_F(ServingTest, WhatDoesNotGoTogetherIsSaid) {
  EXPECT_EQ(refusal(scenario("replicas: 3", "", given_by_test, 2), folder_),
            "s.yaml:4: serving.replicas: 3 do not divide the 2 devices of 'gpu'; expected a divisor of it");
  Scenario phases = scenario("kv_blocks: 10");
  phases.mapping_of(Phase::Decode) = phases.mapping;
  EXPECT_EQ(refusal(phases, folder_),
            "s.yaml:4: serving: with a mapping of decode, but a step has prompts and tokens together; expected one "
            "mapping for both");
  EXPECT_EQ(
      refusal(scenario("reserve_GB: 79"), folder_),
      "capacity: gpu has 0 GB for KV caches: 80 GB times 0.9, less 2.4716288 GB of weights and a reserve of 79 GB; "
      "expected more than one block of 0.000524288 GB");
}

/// Nothing happens for thirty years between two requests: there are as many windows as things that happen.
TEST_F(ServingTest, IdleTimeCostsNoWindows) {
  class Samples : public ServingObserver {
   public:
    void on_step(const ServingStep& /*step*/) override {}
    void on_sample(const ServingSample& sample) override { samples.push_back(sample); }
    std::vector<ServingSample> samples;
  };
  const std::vector<Request> requests{request(0, 0.25, 100, 2), request(1, 1e9 + 0.25, 100, 2)};
  const auto look_at = [&](bool samples) {
    return in_child([&] {
      const PreparedServing prepared(scenario("kv_blocks: 1000"), [](const std::string&) {});
      Listed source(requests);
      Samples seen;
      ServeOptions options;
      if (samples) options.watchers = {&seen};
      const ServingRun run = serve(prepared, source, options);
      const double idle_W = prepared.machine().devices.at(1).architecture.idle_W;
      std::string text = same(run.serving.idle_J, idle_W * run.machine.time_s) + " " +
                         same(run.serving.requests_J + run.serving.idle_J, run.serving.energy_J);
      for (const ServingSample& sample : seen.samples)
        text += "; " + std::to_string(std::llround(sample.end_s)) + ": " + std::to_string(sample.prompt_tokens) + " " +
                std::to_string(sample.output_tokens) + (sample.power_W > 1.0001 * idle_W ? " busy" : " idle");
      return text;
    });
  };
  EXPECT_EQ(look_at(true), "1 1; 1: 100 2 busy; 1000000000: 0 0 idle; 1000000000: 100 2 busy");
  EXPECT_EQ(look_at(false), "1 1");
}

/// Budget and seats follow from the device with the least memory.
TEST_F(ServingTest, TheLeastDeviceSetsTheSizes) {
  const auto sizes = [&](const std::string& first, const std::string& second) {
    folder_.write("two.yaml",
                  "devices: [{name: a, architecture: " + first + "}, {name: b, architecture: " + second + "}]\n");
    const PreparedServing prepared(
        load_scenario(folder_.write("s.yaml",
                                    "platform: two.yaml\nmapping: {default: a, layers: {0..7: a, 8..15: b}}\nworkload: "
                                    "{model: models/llama-3.2-1b.json, " +
                                        given_by_test + "}\nserving: {scheduler: vllm_v1}\n")),
        [](const std::string&) {});
    const SchedulerOptions& options = prepared.scheduler_options();
    return std::to_string(options.max_num_batched_tokens) + " " + std::to_string(options.max_num_seqs);
  };
  EXPECT_EQ(sizes("H100-80GB-SXM", "H100-80GB-SXM"), "8192 1024");
  EXPECT_EQ(sizes("H100-80GB-SXM", "RTX4090"), "2048 256");
  EXPECT_EQ(sizes("RTX4090", "H100-80GB-SXM"), "2048 256");
}

/// Two instances of a machine of two devices do what two machines of one do, and HOST and idle power count once.
TEST_F(ServingTest, ReplicasShareAMachine) {
  std::vector<Request> one, both;
  for (int i = 0; i < 10; ++i) {
    one.push_back(request(i, 0.01 * i, 100, 10));
    both.push_back(request(2 * i, 0.01 * i, 100, 10));
    both.push_back(request(2 * i + 1, 0.01 * i, 100, 10));
  }
  const auto look = [](const PreparedServing&, const ServingRun& run, const Kept&) {
    std::string text = std::to_string(run.serving.makespan_s) + " " + std::to_string(run.serving.requests_J);
    for (const DeviceResult& device : run.machine.devices)
      if (device.name != "HOST") text += " " + std::to_string(device.energy.total_J());
    return text;
  };
  const std::string alone = served(scenario("kv_blocks: 1000"), one, look);
  const std::string together = served(scenario("kv_blocks: 1000, replicas: 2", "", given_by_test, 2), both, look);
  std::istringstream of_one(alone), of_both(together);
  double makespan_s = 0, requests_J = 0, device_J = 0, value = 0;
  of_one >> makespan_s >> requests_J >> device_J;
  of_both >> value;
  EXPECT_DOUBLE_EQ(value, makespan_s);
  of_both >> value;
  EXPECT_NEAR(value, 2 * requests_J, 1e-5);
  for (int i = 0; i < 2; ++i) {
    of_both >> value;
    EXPECT_NEAR(value, device_J, 1e-5);
  }
}
