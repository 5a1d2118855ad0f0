/// Whole runs whose instances are ranks of data-parallel attention that step together.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "given_requests.hpp"
#include "run/run.hpp"
#include "scenario/scenario_reader.hpp"
#include "service/serve.hpp"
#include "support/in_child.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

/// A test gives the requests itself.
const std::string asked = "requests: {arrivals: {process: burst, size: 1}, prompt_tokens: 1, output_tokens: 1}";

class ServedRanksTest : public testing::Test {
 protected:
  ServedRanksTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  Scenario scenario(const std::string& parallel, const std::string& serving, const std::string& workload = asked,
                    int gpus = 4) {
    folder_.write("p.yaml", "devices: [{name: gpu, architecture: H100-80GB-SXM, count: " + std::to_string(gpus) +
                                "}]\nnetworks: [{name: nvlink, between: gpu, topology: switch, bw_GBs: 450, "
                                "latency_ns: 500}]\n");
    return load_scenario(folder_.write(
        "s.yaml", "platform: p.yaml\nparallel: {" + parallel + "}\nworkload: {model: models/mixtral-8x7b.json, " +
                      workload + ", routing: balanced}\n" + (workload == asked ? "serving: {" + serving + "}\n" : "")));
  }

  /// What `look` makes of a run, which has a process of its own.
  std::string served(const Scenario& scenario, const std::vector<Request>& requests,
                     const std::function<std::string(const ServingRun&, const Kept&)>& look,
                     bool remembers_steps = true) {
    return in_child([&] {
      const PreparedServing prepared(scenario, [](const std::string&) {});
      Listed source(requests);
      Kept kept;
      ServeOptions options;
      options.requests = {&kept};
      options.remembers_steps = remembers_steps;
      const ServingRun run = serve(prepared, source, options);
      return look(run, kept);
    });
  }

  TemporaryFolder folder_;
};

std::string ratio_text(double ratio) {
  return std::abs(ratio - 1) <= 1e-9 ? "1" : std::to_string(ratio) + " (off by " + std::to_string(ratio - 1) + ")";
}

std::string laws(const ServingRun& run, const Kept& kept) {
  const ServingResult& result = run.serving;
  double of_requests_J = 0, alive_s = 0;
  std::int64_t prompts = 0, outputs = 0;
  for (const auto& [id, record] : kept.records) {
    of_requests_J += record.energy_J;
    alive_s += record.end_to_end_s();
    prompts += record.prompt_tokens;
    outputs += record.output_tokens;
  }
  std::ostringstream text;
  text << result.completed << " " << (result.prompt_tokens == prompts) << (result.output_tokens == outputs) << " "
       << ratio_text((result.requests_J + result.idle_J) / result.energy_J) << " "
       << ratio_text(of_requests_J / result.requests_J) << " " << ratio_text(alive_s / result.request_seconds);
  return text.str();
}

std::vector<Request> random_requests(int count) {
  std::vector<Request> requests;
  std::uint64_t state = 3;
  const auto below = [&](std::uint64_t bound) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<std::int64_t>((state >> 33U) % bound);
  };
  double arrival_s = 0;
  for (int i = 0; i < count; ++i) {
    requests.push_back(request(i, arrival_s, 1 + below(400), 1 + below(30)));
    arrival_s += 1e-3 * static_cast<double>(below(20));
  }
  return requests;
}

}  // namespace

/// Requests go to the ranks in turn: each has two of eight.
TEST_F(ServedRanksTest, ABatchOfAllRequestsIsAFixedRun) {
  const SimulationResult whole =
      run_isolated(scenario("dp: 4, ep: 4", "", "prompt_tokens: 96, output_tokens: 5, batch: 8, logits: last"));
  std::vector<Request> requests;
  for (int i = 0; i < 8; ++i) requests.push_back(request(i, 0, 96, 5));
  EXPECT_EQ(
      served(scenario("dp: 4, ep: 4", "kv_blocks: 100, prefix_caching: false, max_num_batched_tokens: 2048"), requests,
             [&](const ServingRun& run, const Kept& kept) {
               return ratio_text(run.machine.time_s / whole.time_s) + " " +
                      ratio_text(run.serving.energy_J / whole.energy_J()) + " " +
                      ratio_text(kept.records.at(7).first_token_s / whole.time_to_first_token_s()) + " " +
                      std::to_string(run.serving.steps.count) + " " +
                      std::to_string(run.serving.instances.at(3).requests) +
                      std::to_string(run.serving.instances.at(3).steps) +
                      std::to_string(run.serving.instances.at(3).idle_steps);
             }),
      "1 1 1 20 250");
}

/// One rank has all there is to do; the others step with it, and their blocks are never touched.
TEST_F(ServedRanksTest, RanksWithoutRequestsStepToo) {
  EXPECT_EQ(served(scenario("dp: 4, ep: 4", "kv_blocks: 100"), {request(0, 0.25, 40, 6)},
                   [&](const ServingRun& run, const Kept& kept) {
                     std::ostringstream text;
                     text << laws(run, kept);
                     for (const InstanceResult& rank : run.serving.instances)
                       text << "; " << rank.devices.front() << " " << rank.requests << " " << rank.steps << " "
                            << rank.idle_steps << " " << rank.peak_kv_blocks << " "
                            << ratio_text(rank.busy_s / (run.serving.makespan_s));
                     return text.str();
                   }),
            "1 11 1 1 1; gpu[0] 1 6 0 3 1; gpu[1] 0 6 6 0 1; gpu[2] 0 6 6 0 1; gpu[3] 0 6 6 0 1");
}

TEST_F(ServedRanksTest, LawsHoldUnderPreemption) {
  const std::vector<Request> requests = random_requests(16);
  for (const char* scheduler : {"vllm_v1", "sarathi", "static"}) {
    const Scenario few_blocks =
        scenario("dp: 2, tp: 2, ep: 4",
                 "kv_blocks: 32, max_num_seqs: 8, max_num_batched_tokens: 512, max_model_len: 500,"
                 " router: vllm_dp, scheduler: " +
                     std::string(scheduler));
    const auto look = [&](const ServingRun& run, const Kept& kept) {
      std::ostringstream text;
      text << laws(run, kept) << "|" << std::hexfloat << run.serving.makespan_s << " " << run.serving.energy_J;
      return text.str();
    };
    const std::string remembered = served(few_blocks, requests, look);
    EXPECT_EQ(remembered.substr(0, remembered.find('|')), "16 11 1 1 1") << scheduler;
    const auto numbers = [](const std::string& text) {
      return std::make_pair(std::strtod(text.c_str() + text.find('|') + 1, nullptr),
                            std::strtod(text.c_str() + text.rfind(' ') + 1, nullptr));
    };
    const std::string measured = served(few_blocks, requests, look, false);
    EXPECT_NEAR(numbers(measured).first / numbers(remembered).first, 1, 1e-9) << scheduler;
    EXPECT_NEAR(numbers(measured).second / numbers(remembered).second, 1, 1e-9) << scheduler;
  }
}

/// Two instances of two ranks each are four engines; what one does is nothing to the other.
TEST_F(ServedRanksTest, ReplicasHaveRanksOfTheirOwn) {
  const std::string settings = "kv_blocks: 100, prefix_caching: false, max_num_batched_tokens: 2048";
  std::vector<Request> requests;
  for (int i = 0; i < 4; ++i) requests.push_back(request(i, 0, 96, 5));
  const auto look = [](const ServingRun& run, const Kept& kept) {
    std::ostringstream text;
    text << std::hexfloat << kept.records.at(0).finish_s << " " << kept.records.at(1).finish_s;
    for (const InstanceResult& rank : run.serving.instances) text << " " << rank.name << ":" << rank.devices.front();
    return text.str();
  };
  const std::string alone = served(scenario("dp: 2, ep: 2", settings, asked, 2), {requests[0], requests[1]}, look);
  EXPECT_EQ(alone.substr(alone.size() - 18), " 0:gpu[0] 1:gpu[1]");
  EXPECT_EQ(served(scenario("dp: 2, ep: 2, devices: 'gpu[0..1]'", settings + ", replicas: 2"), requests, look),
            alone + " 2:gpu[2] 3:gpu[3]");
}
