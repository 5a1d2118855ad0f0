/// workload.requests: what is read of it, and written back.
#include <gtest/gtest.h>

#include "requests/request_source.hpp"
#include "scenario/scenario_reader.hpp"
#include "scenario/scenario_writer.hpp"
#include "scenario_compare.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class RequestsSectionTest : public testing::Test {
 protected:
  RequestsSectionTest() {
    use_source_data();
    folder_.write("m.json", "");
    folder_.write("r.csv", "arrival_s,prompt_tokens,output_tokens,x\n1,10,2,7\n3,20,4,8\n");
  }

  Scenario scenario(const std::string& requests) {
    return load_scenario(folder_.write("s.yaml", "workload:\n  model: m.json\n  requests:\n" + requests));
  }
  RequestsSection read(const std::string& requests) { return scenario(requests).workload.requests.value(); }

  /// The section as --dry-run writes it.
  std::string written(const std::string& requests) {
    const std::string text = replaced(scenario_yaml(scenario(requests)), folder_.str(), "DIR");
    const std::size_t begin = text.find("  requests:\n");
    return text.substr(begin, text.find("  dtype:") - begin);
  }

  TemporaryFolder folder_;
};

const std::string poisson = "    arrivals: {process: poisson, rate: 10}\n";
const std::string lengths = "    prompt_tokens: 512\n    output_tokens: 128\n";

std::vector<Request> all_of(const RequestsSection& section) {
  const auto source = make_request_source(section);
  std::vector<Request> all;
  while (source->next_arrival_s()) all.push_back(source->take());
  return all;
}

}  // namespace

TEST_F(RequestsSectionTest, AsInTheProposal) {
  const RequestsSection section =
      read(poisson + "    count: 300\n" +
           "    prompt_tokens: {lognormal: {median: 512, sigma: 0.8, min: 1, max: 8192}}\n    output_tokens: 128\n"
           "    prefix: {groups: 9, tokens: 100}\n    seed: 1\n");
  EXPECT_EQ(section.arrivals->process, "poisson");
  EXPECT_EQ(section.arrivals->numbers.at("rate"), 10);
  EXPECT_EQ(section.count, 300);
  EXPECT_FALSE(section.duration_s);
  EXPECT_EQ(section.prompt_tokens->form, "lognormal");
  EXPECT_EQ(section.prompt_tokens->numbers.at("sigma"), 0.8);
  EXPECT_EQ(section.output_tokens->form, "fixed");
  EXPECT_EQ(section.output_tokens->numbers.at("tokens"), 128);
  EXPECT_EQ(section.prefix->groups, 9);
  EXPECT_EQ(section.prefix->tokens, 100);
  EXPECT_EQ(section.seed, 1U);
  const std::vector<Request> all = all_of(section);
  ASSERT_EQ(all.size(), 300U);
  EXPECT_EQ(all[0].prompt_tokens, 1257 + 100);  // requests' own tests have 1257
}

TEST_F(RequestsSectionTest, NoRequestsWithoutTheKey) {
  EXPECT_FALSE(load_scenario(folder_.write("s.yaml", "workload: {model: m.json, prompt_tokens: 5, output_tokens: 3}\n"))
                   .workload.requests);
}

TEST_F(RequestsSectionTest, Files) {
  EXPECT_EQ(all_of(read("    trace: r.csv\n")).size(), 2U);
  const RequestsSection scaled = read("    trace: {file: r.csv, scale: 2, offset: 1, limit: 5, block_tokens: 16}\n");
  EXPECT_EQ(all_of(scaled).size(), 1U);
  EXPECT_EQ(scaled.file->scale, 2);
  EXPECT_EQ(scaled.file->block_tokens, 16);
  EXPECT_EQ(all_of(read(poisson + "    trace: {file: r.csv, use: lengths}\n    count: 9\n"))[1].prompt_tokens, 20);
  EXPECT_EQ(all_of(read(lengths + "    trace: {file: r.csv, use: times}\n"))[1].arrival_s, 3);
}

TEST_F(RequestsSectionTest, EmpiricalLengths) {
  const RequestsSection section = read(poisson + "    count: 1\n    prompt_tokens: {empirical: r.csv}\n" +
                                       "    output_tokens: {empirical: {file: r.csv, column: x}}\n");
  EXPECT_EQ(section.prompt_tokens->column, "prompt_tokens");
  EXPECT_EQ(section.output_tokens->column, "x");
  EXPECT_GE(all_of(section)[0].output_tokens, 7);
}

TEST_F(RequestsSectionTest, FilesBelongToTheScenario) {
  const Scenario of_file = scenario("    trace: r.csv\n");
  EXPECT_EQ(files_of(of_file).back(), folder_.path("r.csv"));
  const Scenario of_lengths = scenario(
      poisson + "    count: 1\n    prompt_tokens: 1\n    output_tokens: {empirical: {file: r.csv, column: x}}\n");
  EXPECT_EQ(files_of(of_lengths).back(), folder_.path("r.csv"));
}

TEST_F(RequestsSectionTest, IsWrittenWithDefaults) {
  EXPECT_EQ(written(poisson + lengths + "    duration_s: 2.5\n    prefix: {groups: 2, tokens: 3}\n"),
            "  requests:\n"
            "    arrivals:\n"
            "      process: poisson\n"
            "      rate: 10\n"
            "    duration_s: 2.5\n"
            "    prompt_tokens: 512\n"
            "    output_tokens: 128\n"
            "    prefix:\n"
            "      groups: 2\n"
            "      tokens: 3\n"
            "      choice: random\n"
            "    seed: 0\n");
  EXPECT_EQ(written("    trace: r.csv\n"),
            "  requests:\n"
            "    trace:\n"
            "      file: DIR/r.csv\n"
            "      use: all\n"
            "      scale: 1\n"
            "      offset: 0\n"
            "    seed: 0\n");
}

TEST_F(RequestsSectionTest, WhatIsWrittenReadsBackTheSame) {
  for (const char* arrivals :
       {"poisson, rate: 0.3", "gamma, rate: 10, cv: 2", "constant, rate: 1e-7", "burst, size: 3, every_s: 0.5",
        "burst, size: 3", "closed_loop, users: 3, think_s: 2, think_cv: 1, ramp_s: 5",
        "stages, stages: [{rate: 1, duration_s: 2}, {rate: 0, duration_s: 3}]", "sessions, rate: 3, turns: 4",
        "sessions, users: 3, turns: 4, gap_s: 0.25, gap_cv: 0.5"})
    for (const char* tokens :
         {"7", "{fixed: 7}", "{fixed: {tokens: 7}}", "{uniform: {min: 1, max: 9}}", "{normal: {mean: 5.5, sd: 2}}",
          "{lognormal: {mean: 5.5, cv: 0.5, max: 100}}", "{empirical: r.csv}"}) {
      const std::string text = "    arrivals: {process: " + std::string(arrivals) +
                               "}\n    count: 5\n    prompt_tokens: " + std::string(tokens) +
                               "\n    output_tokens: 3\n    seed: 1000000000\n" +
                               "    prefix: {groups: 2, tokens: 3, choice: round_robin}\n";
      const Scenario first = scenario(text);
      const std::string yaml = scenario_yaml(first);
      const Scenario second = load_scenario(folder_.write("again.yaml", yaml));
      EXPECT_EQ(replaced(scenario_yaml(second), "again", "s"), yaml);
      const std::vector<Request> a = all_of(*first.workload.requests);
      const std::vector<Request> b = all_of(*second.workload.requests);
      ASSERT_EQ(a.size(), b.size());
      for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i].arrival_s, b[i].arrival_s);
        EXPECT_EQ(a[i].prompt_tokens, b[i].prompt_tokens);
        EXPECT_EQ(a[i].content.size(), b[i].content.size());
      }
    }
}
