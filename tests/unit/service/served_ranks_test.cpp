/// Whole runs whose instances are ranks of data-parallel attention that step together.
#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

#include "run/run.hpp"
#include "scenario/scenario_reader.hpp"
#include "served_run.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class ServedRanksTest : public testing::Test {
 protected:
  ServedRanksTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  Scenario scenario(const std::string& parallel, const std::string& serving,
                    const std::string& workload = given_by_test, int gpus = 4) {
    folder_.write("p.yaml", "devices: [{name: gpu, architecture: H100-80GB-SXM, count: " + std::to_string(gpus) +
                                "}]\nnetworks: [{name: nvlink, between: gpu, topology: switch, bw_GBs: 450, "
                                "latency_ns: 500}]\n");
    return load_scenario(folder_.write(
        "s.yaml", "platform: p.yaml\nparallel: {" + parallel + "}\nworkload: {model: models/mixtral-8x7b.json, " +
                      workload + ", routing: balanced}\n" +
                      (workload == given_by_test ? "serving: {" + serving + "}\n" : "")));
  }

  TemporaryFolder folder_;
};

}  // namespace

/// Requests go to the ranks in turn: each has two of eight.
TEST_F(ServedRanksTest, ABatchOfAllRequestsIsAFixedRun) {
  const SimulationResult whole =
      run_isolated(scenario("dp: 4, ep: 4", "", "prompt_tokens: 96, output_tokens: 5, batch: 8, logits: last"));
  std::vector<Request> requests;
  for (int i = 0; i < 8; ++i) requests.push_back(request(i, 0, 96, 5));
  EXPECT_EQ(
      served(scenario("dp: 4, ep: 4", "kv_blocks: 100, prefix_caching: false, max_num_batched_tokens: 2048"), requests,
             [&](const PreparedServing&, const ServingRun& run, const Kept& kept) {
               return same(run.machine.time_s, whole.time_s) + " " + same(run.serving.energy_J, whole.energy_J()) +
                      " " + same(kept.records.at(7).first_token_s, whole.time_to_first_token_s()) + " " +
                      std::to_string(run.serving.steps.count) + " " +
                      std::to_string(run.serving.instances.at(3).requests) +
                      std::to_string(run.serving.instances.at(3).steps) +
                      std::to_string(run.serving.instances.at(3).idle_steps);
             }),
      "1 1 1 20 250");
}

/// One rank has all there is to do; the others step with it, and their blocks are never touched.
TEST_F(ServedRanksTest, RanksWithoutRequestsStepToo) {
  const std::vector<Request> requests{request(0, 0.25, 40, 6)};
  EXPECT_EQ(served(scenario("dp: 4, ep: 4", "kv_blocks: 100"), requests,
                   [&](const PreparedServing&, const ServingRun& run, const Kept& kept) {
                     std::ostringstream text;
                     text << laws(requests, run, kept);
                     for (const InstanceResult& rank : run.serving.instances)
                       text << "; " << rank.devices.front() << " " << rank.requests << " " << rank.steps << " "
                            << rank.idle_steps << " " << rank.peak_kv_blocks << " "
                            << same(rank.busy_s, run.serving.makespan_s);
                     return text.str();
                   }),
            "hold; gpu[0] 1 6 0 3 1; gpu[1] 0 6 6 0 1; gpu[2] 0 6 6 0 1; gpu[3] 0 6 6 0 1");
}

/// Of few blocks each rank, so that some are preempted, and all are free at the end.
TEST_F(ServedRanksTest, LawsHoldUnderPreemption) {
  RandomStream random(3, "requests");
  const std::vector<Request> requests = random_requests(random, 16, {400, 30, 20});
  for (const char* scheduler : {"vllm_v1", "sarathi", "static"}) {
    SCOPED_TRACE(scheduler);
    expect_served(
        scenario("dp: 2, tp: 2, ep: 4",
                 "kv_blocks: 32, max_num_seqs: 8, max_num_batched_tokens: 512, max_model_len: 500,"
                 " router: vllm_dp, scheduler: " +
                     std::string(scheduler)),
        requests,
        [&](const PreparedServing&, const ServingRun& run, const Kept& kept) {
          std::string text = laws(requests, run, kept);
          for (const InstanceResult& rank : run.serving.instances)
            text += " " + std::to_string(rank.requests > 0) + std::to_string(rank.peak_kv_blocks > 0);
          return text;
        },
        "hold 11 11");
  }
}

/// Two instances of two ranks each are four engines; what one does is nothing to the other.
TEST_F(ServedRanksTest, ReplicasHaveRanksOfTheirOwn) {
  const std::string settings = "kv_blocks: 100, prefix_caching: false, max_num_batched_tokens: 2048";
  std::vector<Request> requests;
  for (int i = 0; i < 4; ++i) requests.push_back(request(i, 0, 96, 5));
  const auto look = [](const PreparedServing&, const ServingRun& run, const Kept& kept) {
    std::ostringstream text;
    text << std::hexfloat << kept.records.at(0).finish_s << " " << kept.records.at(1).finish_s;
    for (const InstanceResult& rank : run.serving.instances) text << " " << rank.name << ":" << rank.devices.front();
    return text.str();
  };
  const std::string alone =
      served(scenario("dp: 2, ep: 2", settings, given_by_test, 2), {requests[0], requests[1]}, look);
  EXPECT_EQ(alone.substr(alone.size() - 18), " 0:gpu[0] 1:gpu[1]");
  EXPECT_EQ(served(scenario("dp: 2, ep: 2, devices: 'gpu[0..1]'", settings + ", replicas: 2"), requests, look),
            alone + " 2:gpu[2] 3:gpu[3]");
}
