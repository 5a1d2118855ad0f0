/// serving.speculative: what is wrong, and what is written back.
#include "scenario/scenario_writer.hpp"
#include "scenario_errors.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class SpeculativeErrors : public ScenarioErrors {
 protected:
  static std::string file(const std::string& drafts, const std::string& serving = "") {
    return "workload:\n  model: m.json\n  requests: {arrivals: {process: poisson, rate: 1}, count: 1, prompt_tokens: "
           "1, output_tokens: 1}\nserving:\n" +
           (serving.empty() ? "" : "  " + serving + "\n") + "  speculative: {" + drafts + "}\n";
  }
  Scenario read(const std::string& text) { return load_scenario(folder_.write("s.yaml", text)); }
  void expect(const std::string& drafts, const std::string& message) {
    EXPECT_EQ(error(file(drafts)), "F:5: serving.speculative" + message) << drafts;
  }
};

}  // namespace

TEST_F(SpeculativeErrors, AreSaid) {
  expect("tokens: 3, acceptance: 0.5", ".method: missing; expected a value");
  expect("method: ngrams, tokens: 3, acceptance: 0.5",
         ".method: unknown value 'ngrams'; expected one of draft_model, ngram, heads; did you mean 'ngram'?");
  expect("method: ngram, acceptance: 0.5", ".tokens: missing; expected a value");
  expect("method: ngram, tokens: 3", ".acceptance: missing; expected a value");
  for (const char* value : {"0", "-1", "257", "1e99", ".inf", ".nan", "x", "1.5"})
    EXPECT_NE(error(file("method: ngram, acceptance: 0.5, tokens: " + std::string(value)))
                  .find("F:5: serving.speculative.tokens: "),
              std::string::npos)
        << value;
  for (const char* value : {"-0.1", "1.01", ".nan", ".inf", "x", "{}", "[0.5, 0.5]", "[]", "[0.1, 0.2, .nan]"})
    EXPECT_NE(error(file("method: ngram, tokens: 3, acceptance: " + std::string(value)))
                  .find("F:5: serving.speculative.acceptance"),
              std::string::npos)
        << value;
  expect("method: ngram, tokens: 3, acceptance: 2", ".acceptance: '2'; expected a number from 0 to 1");
  expect("method: ngram, tokens: 3, acceptance: [0.5, 0.5]",
         ".acceptance: 2 probabilities for 3 tokens; expected one for all, or one for each");
  expect("method: draft_model, tokens: 3, acceptance: 0.5", ".model: missing; expected a value");
  EXPECT_NE(error(file("method: draft_model, tokens: 3, acceptance: 0.5, model: nowhere.json"))
                .find("F:5: serving.speculative.model: no such file: "),
            std::string::npos);
  for (const char* value : {"0", "-1", "10001", ".inf", "x"})
    EXPECT_NE(error(file("method: heads, tokens: 3, acceptance: 0.5, layers: " + std::string(value)))
                  .find("F:5: serving.speculative.layers: "),
              std::string::npos)
        << value;
  for (const char* value : {"-1", "1e10", ".inf", ".nan", "x"})
    EXPECT_NE(error(file("method: ngram, tokens: 3, acceptance: 0.5, draft_us: " + std::string(value)))
                  .find("F:5: serving.speculative.draft_us: "),
              std::string::npos)
        << value;
  for (const char* value : {"-1", "1e10", "x"})
    EXPECT_NE(error(file("method: ngram, tokens: 3, acceptance: 0.5, seed: " + std::string(value)))
                  .find("F:5: serving.speculative.seed: "),
              std::string::npos)
        << value;
}

TEST_F(SpeculativeErrors, KeysAreOfTheirMethods) {
  expect("method: ngram, tokens: 3, acceptance: 0.5, model: m.json",
         ".model: does not go with method ngram; expected it with draft_model only");
  expect("method: heads, tokens: 3, acceptance: 0.5, mapping: gpu",
         ".mapping: does not go with method heads; expected it with draft_model only");
  expect("method: draft_model, tokens: 3, acceptance: 0.5, model: m.json, layers: 1",
         ".layers: does not go with method draft_model; expected it with heads only");
}

TEST_F(SpeculativeErrors, OthersDoNotGoWithIt) {
  const std::string drafts = "method: ngram, tokens: 3, acceptance: 0.5";
  EXPECT_EQ(error(file(drafts, "async: true")),
            "F:5: serving.async: true does not go with speculative: a step verifies what was drafted after the one "
            "before; expected false, as it is without the key");
  for (const std::string name : {"vllm_v0", "sarathi", "orca", "static"})
    EXPECT_EQ(error(file(drafts, "scheduler: " + name)),
              "F:6: serving.speculative: scheduler '" + name +
                  "' verifies no drafts; expected one of vllm_v1, priority, shortest_first");
  EXPECT_EQ(error(file(drafts, "disaggregation: {prefill: {mapping: a}, decode: {mapping: b}}")),
            "F:6: serving.speculative: does not go with disaggregation, whose caches have no drafts; expected one of "
            "them");
}

TEST_F(SpeculativeErrors, WhatWasReadIsWrittenBack) {
  for (const std::string drafts :
       {"method: ngram, tokens: 3, acceptance: 0.5, draft_us: 20",
        "method: heads, tokens: 2, acceptance: [0.9, 0.5], layers: 2, seed: 7",
        "method: draft_model, tokens: 4, acceptance: 0.8, model: m.json, mapping: 'gpu[1]'"}) {
    const Scenario first = read(file(drafts, "async: false"));
    const Scenario again = read(scenario_yaml(first));
    EXPECT_EQ(scenario_yaml(again), scenario_yaml(first));
    EXPECT_FALSE(again.serving->options.async);
    EXPECT_EQ(again.serving->options.draft_tokens, first.serving->speculative->tokens);
    EXPECT_EQ(again.serving->options.acceptance, first.serving->speculative->acceptances());
  }
  const SchedulerOptions heads = read(file("method: heads, tokens: 2, acceptance: 0.5")).serving->options;
  EXPECT_EQ(heads.lookahead_tokens, 2);
  EXPECT_TRUE(heads.recomputes_last_hit);
  EXPECT_FALSE(heads.async);
  const SchedulerOptions ngram = read(file("method: ngram, tokens: 2, acceptance: 0.5")).serving->options;
  EXPECT_EQ(ngram.lookahead_tokens, 0);
  EXPECT_FALSE(ngram.recomputes_last_hit);
  EXPECT_EQ(ngram.acceptance, (std::vector<double>{0.5, 0.5}));
}
