/// Served runs with speculative decoding, beside what their steps and drafts take.
#include <cmath>
#include <sstream>

#include "speculative_served.hpp"
#include "steps.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

/// Every draft is accepted: a prompt, then 4 tokens, then the last 2 of what would be 4. The draft reads what the step
/// has computed, and then a row for each further token.
TEST_F(SpeculativeTest, OneRequestTakesItsStepsAndDrafts) {
  for (const std::string devices : {"", ", mapping: 'gpu[1]'"})
    EXPECT_EQ(served(scenario(by_model + ", tokens: 3, acceptance: 1, draft_us: 50" + devices), {request(0, 0, 100, 7)},
                     [](const PreparedServing& prepared, const ServingRun& run, const Kept& kept) {
                       StepCosts model(*prepared.pools()[0].run, {}), draft(*prepared.pools()[0].draft, {});
                       const double drafts_s[3] = {
                           50e-6 + step_s(draft, 100, 0) + step_s(draft, 1, 100) + step_s(draft, 1, 101),
                           50e-6 + step_s(draft, 4, 100) + step_s(draft, 1, 104) + step_s(draft, 1, 105),
                           50e-6 + step_s(draft, 4, 104) + step_s(draft, 1, 108) + step_s(draft, 1, 109)};
                       const double first_s = step_s(model, 100, 0) + drafts_s[0];
                       const double second_s = step_s(model, 4, 100, 4) + drafts_s[1];
                       const double third_s = step_s(model, 4, 104, 4) + drafts_s[2];
                       const RequestRecord& record = kept.records.at(0);
                       const ServingResult& result = run.serving;
                       std::ostringstream text;
                       text << same(record.first_token_s, first_s)
                            << same(record.finish_s, first_s + second_s + third_s)
                            << same(result.inter_token_s.max, std::max(second_s, third_s))
                            << same(result.inter_token_s.p50, 0)
                            << same(result.speculation.draft_s, drafts_s[0] + drafts_s[1] + drafts_s[2])
                            << same(result.requests_J + result.idle_J, result.energy_J)
                            << same(record.energy_J, result.requests_J) << " " << record.output_tokens << " "
                            << result.steps.count << " " << result.speculation.drafted_tokens << " "
                            << result.speculation.accepted_tokens << " " << result.speculation.verifications;
                       return text.str();
                     }),
              "1111111 7 3 6 6 2")
        << devices;
}

/// Only the host drafts: nothing is drafted after a chunk of a prompt, and a step is the model's alone.
TEST_F(SpeculativeTest, NgramsTakeTheHostsTimeAlone) {
  EXPECT_EQ(served(scenario("method: ngram, tokens: 2, acceptance: [1, 0], draft_us: 300",
                            "kv_blocks: 3000, max_num_seqs: 8, max_num_batched_tokens: 64"),
                   {request(0, 0, 100, 4)},
                   [](const PreparedServing& prepared, const ServingRun& run, const Kept& kept) {
                     StepCosts model(*prepared.pools()[0].run, {});
                     const double read_s = step_s(model, 64, 0) + step_s(model, 36, 64) + 300e-6;
                     // 2 tokens, and 1 that is wanted yet.
                     const double end_s =
                         read_s + step_s(model, 3, 100, 3) + 300e-6 + step_s(model, 3, 102, 3) + 300e-6;
                     const RequestRecord& record = kept.records.at(0);
                     std::ostringstream text;
                     text << same(record.first_token_s, read_s) << same(record.finish_s, end_s)
                          << same(run.serving.speculation.draft_s, 900e-6) << same(run.serving.speculation.draft_J, 0)
                          << " " << run.serving.steps.count;
                     return text.str();
                   }),
            "1111 4");
}

/// Nothing is accepted: the same steps and tokens as without drafts, and each step is longer by its rows and drafts.
TEST_F(SpeculativeTest, WithoutAcceptanceItIsAsWithoutButSlower) {
  std::vector<Request> requests;
  for (int i = 0; i < 3; ++i) requests.push_back(request(i, 0, 50, 6));
  const std::string plain =
      served(scenario(""), requests, [](const PreparedServing&, const ServingRun& run, const Kept&) {
        return std::to_string(run.serving.steps.count) + " " + std::to_string(run.serving.output_tokens);
      });
  EXPECT_EQ(plain, "6 18");
  EXPECT_EQ(served(scenario("method: heads, tokens: 2, acceptance: 0, layers: 2"), requests,
                   [&](const PreparedServing& prepared, const ServingRun& run, const Kept&) {
                     StepCosts model(*prepared.pools()[0].run, {}), draft(*prepared.pools()[0].draft, {});
                     double sum_s = 0;
                     StepCost cost;
                     for (int step = 0; step < 6; ++step) {
                       std::vector<Slice> slices, first, later;
                       for (int i = 0; i < 3; ++i) {
                         const std::int64_t rows = step == 0 ? 50 : 3, cached = step == 0 ? 0 : 49 + step;
                         slices.push_back({i, 1, rows, cached, step == 0 ? 1 : 3});
                         first.push_back({i, 1, rows, cached});
                         later.push_back({i, 1, 1, 50 + step});
                       }
                       model.cost(slices, cost);
                       sum_s += cost.time_s;
                       draft.cost(first, cost);
                       sum_s += cost.time_s;
                       draft.cost(later, cost);
                       sum_s += cost.time_s;
                     }
                     std::ostringstream text;
                     text << run.serving.steps.count << " " << run.serving.output_tokens << " "
                          << same(run.serving.makespan_s, sum_s) << " " << run.serving.speculation.accepted_tokens;
                     return text.str();
                   }),
            "6 18 1 0");
}

/// Everything is accepted: ⌈(outputs − 1) / (k + 1)⌉ steps after the prompt's.
TEST_F(SpeculativeTest, WithFullAcceptanceAStepPutsOutAllOfThem) {
  for (const std::int64_t outputs : {1, 2, 5, 6, 7, 11, 12})
    EXPECT_EQ(served(scenario("method: ngram, tokens: 4, acceptance: 1"), {request(0, 0, 10, outputs)},
                     [](const PreparedServing&, const ServingRun& run, const Kept&) {
                       return std::to_string(run.serving.steps.count) + " " + std::to_string(run.serving.output_tokens);
                     }),
              std::to_string(1 + (outputs - 1 + 4) / 5) + " " + std::to_string(outputs));
}

/// Tokens of a step are (1 − a^(k+1)) / (1 − a) in the mean, and who else is served changes none of the draws.
TEST_F(SpeculativeTest, AcceptanceIsThatOfTheFormulaWhoeverIsServed) {
  std::vector<Request> requests;
  for (int i = 0; i < 64; ++i) requests.push_back(request(i, 0, 20, 150));
  const auto look = [](const PreparedServing&, const ServingRun& run, const Kept&) {
    const ServingResult::Speculation& drafts = run.serving.speculation;
    // Requests that end cut what is put out, not what is drawn. Four standard deviations, none above k / 2 a step.
    const double formula = (1 - std::pow(0.7, 5)) / (1 - 0.7);
    const double bound = 4 * 2 / std::sqrt(static_cast<double>(drafts.verifications));
    return (std::abs(drafts.mean_accepted_length() - formula) < bound ? std::string("as the formula ")
                                                                      : std::to_string(drafts.mean_accepted_length())) +
           std::to_string(drafts.drafted_tokens) + " " + std::to_string(drafts.accepted_tokens);
  };
  const std::string drafts = "method: ngram, tokens: 4, acceptance: 0.7, seed: 3";
  const std::string all = served(scenario(drafts, "kv_blocks: 3000"), requests, look);
  EXPECT_EQ(all.substr(0, 15), "as the formula ");
  EXPECT_EQ(served(scenario(drafts, "kv_blocks: 3000, max_num_seqs: 7, scheduler: shortest_first"), requests, look),
            all);
  EXPECT_NE(served(scenario("method: ngram, tokens: 4, acceptance: 0.7, seed: 4"), requests, look), all);
}

/// Requests of all sizes on few blocks, so that some are preempted; a run without memory of its steps gives the same.
TEST_F(SpeculativeTest, LawsHoldUnderPreemption) {
  RandomStream random(3, "requests");
  const std::vector<Request> requests = random_requests(random, 40, {400, 60});
  for (const std::string& drafts : {by_model + ", mapping: 'gpu[1]'", by_model,
                                    std::string("method: ngram, draft_us: 20"), std::string("method: heads")}) {
    SCOPED_TRACE(drafts);
    expect_served(
        scenario(drafts + ", tokens: 3, acceptance: [0.9, 0.7, 0.5], seed: 2",
                 "kv_blocks: 60, max_num_seqs: 16, max_num_batched_tokens: 256"),
        requests,
        [&](const PreparedServing&, const ServingRun& run, const Kept& kept) {
          const ServingResult::Cache& cache = run.serving.cache;
          return laws(requests, run, kept) + " " + std::to_string(cache.preemptions > 0) +
                 std::to_string(cache.peak_blocks <= 60);
        },
        "hold 11");
  }
}

/// Each replica has drafts of its own, and a draft's devices beside the model's.
TEST_F(SpeculativeTest, ReplicasDraftEach) {
  std::vector<Request> requests;
  for (int i = 0; i < 8; ++i) requests.push_back(request(i, 0, 100, 20));
  const auto look = [](const PreparedServing&, const ServingRun& run, const Kept&) {
    std::ostringstream text;
    text << run.serving.makespan_s << " " << run.serving.speculation.drafted_tokens << " "
         << same(run.serving.requests_J + run.serving.idle_J, run.serving.energy_J);
    return text.str();
  };
  const std::string drafts = by_model + ", tokens: 3, acceptance: 1";
  const std::string mapping = "mapping: {default: gpu}\n";
  const std::string both = served(scenario(drafts, "kv_blocks: 3000, replicas: 2", "", mapping), requests, look);
  requests.resize(4);
  const std::string one = served(scenario(drafts), requests, look);
  // Of 8 requests 5 verifications of 3 drafts each, twice those of 4.
  EXPECT_EQ(both.substr(both.find(' ')), " 120 1");
  EXPECT_EQ(one.substr(one.find(' ')), " 60 1");
  EXPECT_EQ(both.substr(0, both.find(' ')), one.substr(0, one.find(' ')));
}

/// Of eight GPUs each of four instances has two, one for the model and one for the draft.
TEST_F(SpeculativeTest, ReplicasHaveADraftOnADeviceOfItsOwn) {
  folder_.write("eight.yaml", "devices: [{name: gpu, architecture: H100-80GB-SXM, count: 8}]\n");
  Scenario four = scenario(by_model + ", tokens: 3, acceptance: 1, mapping: 'gpu[1]'", "kv_blocks: 3000, replicas: 4");
  four.platform = folder_.str() + "/eight.yaml";
  std::vector<Request> requests;
  for (int i = 0; i < 4; ++i) requests.push_back(request(i, 0, 100, 20));
  EXPECT_EQ(served(four, requests,
                   [](const PreparedServing&, const ServingRun& run, const Kept&) {
                     double model_J = 0, draft_J = 0;
                     std::string text;
                     for (const DeviceResult& device : run.machine.devices) {
                       if (device.name == "HOST") continue;
                       const double drawn_J = device.energy.total_J() - device.energy.idle_J;
                       const bool drafts = (device.name[4] - '0') % 2 == 1;
                       text += drawn_J > 0 ? "1" : "0";
                       (drafts ? draft_J : model_J) += drawn_J;
                     }
                     return text + " " + same(draft_J, run.serving.speculation.draft_J) + " " +
                            same(model_J + draft_J + run.serving.idle_J, run.serving.energy_J);
                   }),
            "11111111 1 1");
}
