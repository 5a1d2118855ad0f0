/// Every message that a wrong workload.requests gives, in full.
#include "scenario_errors.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

const std::string before = "workload:\n  model: m.json\n  requests:\n";
const std::string poisson = "    arrivals: {process: poisson, rate: 10}\n";
const std::string lengths = "    prompt_tokens: 512\n    output_tokens: 128\n";
const std::string count_range = "; expected a whole number from 1 to 1000000000";

class RequestsErrors : public ScenarioErrors {
 protected:
  RequestsErrors() { folder_.write("r.csv", ""); }

  void expect_arrivals(const std::vector<Case>& cases) {
    for (const Case& each : cases)
      EXPECT_EQ(error(before + lengths + "    count: 3\n    arrivals: " + each.text + "\n"),
                "F:7: workload.requests.arrivals" + each.message)
          << each.text;
  }
  void expect_lengths(const std::vector<Case>& cases) {
    for (const Case& each : cases)
      EXPECT_EQ(error(before + poisson + "    count: 3\n    output_tokens: 1\n    prompt_tokens: " + each.text + "\n"),
                "F:7: workload.requests.prompt_tokens" + each.message)
          << each.text;
  }
};

}  // namespace

TEST_F(RequestsErrors, WhatTheyGoWith) {
  const std::string instead = " does not go with requests, which say so themselves; expected one of them";
  for (const char* key : {"prompt_tokens", "output_tokens", "batch"})
    EXPECT_EQ(error("workload:\n  model: m.json\n  " + std::string(key) + ": 3\n  requests: {}\n"),
              "F:3: workload." + std::string(key) + ":" + instead);
  EXPECT_EQ(error("workload:\n  trace: t.jsonl\n  requests: {}\n"),
            "F:3: workload.requests: does not go with a trace, which says so itself; expected it with a model that is "
            "not profiled");
  EXPECT_EQ(error("workload:\n  torchscript: t.jsonl\n  requests: {}\n"),
            "F:3: workload.requests: does not go with torchscript; expected it with a model that is not profiled");
  EXPECT_EQ(error("workload:\n  model: m.json\n  profile: true\n  requests: {}\n"),
            "F:4: workload.requests: does not go with profile: true; expected it with a model that is not profiled");
}

TEST_F(RequestsErrors, Section) {
  const std::string at = "F:3: workload.requests";
  EXPECT_EQ(error("workload:\n  model: m.json\n  requests: {}\n"), at + ".arrivals: missing; expected a value");
  EXPECT_EQ(error("workload:\n  model: m.json\n  requests: 5\n"), at + ": '5'; expected a mapping of keys to values");
  EXPECT_EQ(error(before + poisson + "    count: 3\n    output_tokens: 3\n"),
            "F:3: workload.requests.prompt_tokens: missing; expected a value");
  EXPECT_EQ(error(before + poisson + lengths + "    cuont: 3\n"),
            "F:7: workload.requests.cuont: unknown key; expected one of arrivals, count, duration_s, prompt_tokens, "
            "output_tokens, prefix, trace, seed; did you mean 'count'?");
  EXPECT_EQ(error(before + poisson + lengths), "F:3: workload.requests: never ends; expected count or duration_s");
  EXPECT_EQ(error(before + poisson + lengths + "    count: 3\n    duration_s: 3\n"),
            "F:8: workload.requests.duration_s: does not go with count; expected one of them");
  EXPECT_EQ(error(before + poisson + lengths + "    count: 0\n"), "F:7: workload.requests.count: '0'" + count_range);
  EXPECT_EQ(error(before + poisson + lengths + "    duration_s: 0\n"),
            "F:7: workload.requests.duration_s: '0'; expected a number above 0 and at most 1000000000000");
  EXPECT_EQ(error(before + poisson + lengths + "    count: 3\n    seed: -1\n"),
            "F:8: workload.requests.seed: '-1'; expected a whole number from 0 to 1000000000");
  EXPECT_EQ(error(before + poisson + lengths + "    count: 3\n    prefix: {groups: 0, tokens: 1}\n"),
            "F:8: workload.requests.prefix.groups: '0'" + count_range);
  EXPECT_EQ(
      error(before + poisson + lengths + "    count: 3\n    prefix: {groups: 1, tokens: 1, choice: rondom}\n"),
      "F:8: workload.requests.prefix.choice: unknown value 'rondom'; expected one of random, round_robin; did you mean "
      "'random'?");
}

TEST_F(RequestsErrors, Arrivals) {
  const std::string rate_range = "; expected a number from 1e-09 to 1000000000000";
  const std::string positive = "; expected a number above 0 and at most 1000000000000";
  expect_arrivals({
      {"{process: poison, rate: 1}",
       ".process: unknown value 'poison'; expected one of poisson, gamma, constant, burst, closed_loop, stages, "
       "sessions; did you "
       "mean 'poisson'?"},
      {"{rate: 1}", ".process: missing; expected a value"},
      {"{process: poisson}", ".rate: missing; expected a value"},
      {"{process: poisson, rate: 0}", ".rate: '0'" + rate_range},
      {"{process: poisson, rate: -1}", ".rate: '-1'" + rate_range},
      {"{process: poisson, rate: .inf}", ".rate: '.inf'" + rate_range},
      {"{process: poisson, rate: 1e13}", ".rate: '1e13'" + rate_range},
      {"{process: poisson, rate: 1, cv: 2}", ".cv: unknown key; expected one of process, rate"},
      {"{process: gamma, rate: 1, cv: 0}", ".cv: '0'; expected a number from 0.01 to 100"},
      {"{process: burst, size: 0}", ".size: '0'" + count_range},
      {"{process: burst, size: 3, every_s: 0}", ".every_s: '0'" + positive},
      {"{process: closed_loop, users: 0}", ".users: '0'" + count_range},
      {"{process: closed_loop, users: 1, think_s: -1}", ".think_s: '-1'; expected a number from 0 to 1000000000000"},
      {"{process: stages}", ".stages: missing; expected a value"},
      {"{process: stages, stages: []}", ".stages: nothing arrives in them; expected one with a rate above 0"},
      {"{process: stages, stages: [{rate: 0, duration_s: 3}]}",
       ".stages: nothing arrives in them; expected one with a rate above 0"},
      {"{process: stages, stages: [{rate: 1, duration_s: 0}]}", ".stages[0].duration_s: '0'" + positive},
      {"{process: sessions, turns: 3}", ": has to say how sessions begin; expected one of rate and users"},
      {"{process: sessions, turns: 3, rate: 1, users: 1}",
       ": has to say how sessions begin; expected one of rate and users"},
      {"{process: sessions, turns: 0, rate: 1}", ".turns: '0'; expected a whole number from 1 to 1000000"},
  });
}

TEST_F(RequestsErrors, Lengths) {
  const std::string pairs = ".lognormal: other numbers than it takes; expected median and sigma, or mean and cv";
  expect_lengths({
      {"0", ": '0'" + count_range},
      {"1.5", ": '1.5'" + count_range},
      {"2000000000", ": '2000000000'" + count_range},
      {"{}", ": 0 distributions; expected one of fixed, uniform, lognormal, normal, empirical"},
      {"{fixed: 1, normal: 2}", ": 2 distributions; expected one of fixed, uniform, lognormal, normal, empirical"},
      {"{log_normal: 2}",
       ".log_normal: unknown key; expected one of fixed, uniform, lognormal, normal, empirical; did you mean "
       "'lognormal'?"},
      {"{fixed: 0}", ".fixed: '0'" + count_range},
      {"{uniform: {min: 1}}", ".uniform.max: missing; expected a value (there is a 'min')"},
      {"{uniform: {min: 3, max: 2}}", ".uniform: max is 2, below min, 3; expected min <= max"},
      {"{normal: {mean: 3, sd: -1}}", ".normal.sd: '-1'; expected a number from 0 to 1000000000"},
      {"{lognormal: {median: 3}}", pairs},
      {"{lognormal: {median: 3, sigma: 1, cv: 1}}", pairs},
      {"{empirical: none.csv}", ".empirical: no such file: DIR/none.csv"},
      {"{empirical: {column: x}}", ".empirical.file: missing; expected a value"},
  });
}

TEST_F(RequestsErrors, Files) {
  const std::string at = "F:5: workload.requests.";
  const std::string itself = ": does not go with a trace, which says so itself; expected it with use: ";
  EXPECT_EQ(error(before + "    trace: none.csv\n"), "F:4: workload.requests.trace: no such file: DIR/none.csv");
  EXPECT_EQ(error(before + "    trace: r.csv\n" + poisson), at + "arrivals" + itself + "lengths only");
  EXPECT_EQ(error(before + "    trace: r.csv\n    prompt_tokens: 3\n"), at + "prompt_tokens" + itself + "times only");
  EXPECT_EQ(error(before + "    trace: r.csv\n    output_tokens: 3\n"), at + "output_tokens" + itself + "times only");
  EXPECT_EQ(error(before + "    trace: r.csv\n    prefix: {groups: 1, tokens: 1}\n"),
            at + "prefix" + itself + "lengths or times only");
  EXPECT_EQ(error(before + "    trace: {file: r.csv, use: lengths}\n    prompt_tokens: 3\n"),
            at + "prompt_tokens" + itself + "times only");
  EXPECT_EQ(error(before + "    trace: {file: r.csv, use: times}\n" + poisson),
            at + "arrivals" + itself + "lengths only");
  EXPECT_EQ(error(before + "    trace: {file: r.csv, use: length}\n"),
            "F:4: workload.requests.trace.use: unknown value 'length'; expected one of all, lengths, times; did you "
            "mean 'lengths'?");
  EXPECT_EQ(error(before + "    trace: {file: r.csv, scale: 0}\n"),
            "F:4: workload.requests.trace.scale: '0'; expected a number above 0 and at most 1000000");
  EXPECT_EQ(error(before + "    trace: {file: r.csv, limit: 0}\n"),
            "F:4: workload.requests.trace.limit: '0'" + count_range);
  EXPECT_EQ(error(before + "    trace: {file: r.csv, offset: -1}\n"),
            "F:4: workload.requests.trace.offset: '-1'; expected a whole number from 0 to 1000000000");
}
