/// Files of requests.
#include <gtest/gtest.h>

#include "requests/files/timestamp.hpp"
#include "requests/request_source.hpp"
#include "requests/requests_section.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

RequestsSection section(const std::string& path) {
  RequestsSection requests;
  requests.file = RequestFileSection();
  requests.file->path = path;
  return requests;
}

std::vector<Request> all_of(const RequestsSection& requests) {
  const auto source = make_request_source(requests);
  std::vector<Request> all;
  while (source->next_arrival_s()) {
    all.push_back(source->take());
    source->finished(all.back().id, all.back().arrival_s);
  }
  return all;
}

std::vector<double> times_of(const std::vector<Request>& all) {
  std::vector<double> times;
  for (const Request& request : all) times.push_back(request.arrival_s);
  return times;
}

const std::string traces = PROJECT_DIR "/scenarios/serving/traces/";
const std::string rows = "arrival_s,prompt_tokens,output_tokens\n1,10,1\n2,20,2\n4,40,4\n8,80,8\n";

}  // namespace

TEST(RequestFile, Csv) {
  const TemporaryFolder folder;
  const auto all =
      all_of(section(folder.write("t.csv",
                                  "# source\nsession,arrival_s,prompt_tokens,output_tokens,priority,hash_ids,ttft\n"
                                  "3,0.5,1000,7,-2,11 12,0.1\n\n# more\n,0.5,10,1,,,\n")));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].id, 0);
  EXPECT_EQ(all[0].arrival_s, 0.5);
  EXPECT_EQ(all[0].prompt_tokens, 1000);
  EXPECT_EQ(all[0].output_tokens, 7);
  EXPECT_EQ(all[0].session, 3);
  EXPECT_EQ(all[0].priority, -2);
  ASSERT_EQ(all[0].content.size(), 2U);  // 512 tokens each, the last as far as the prompt goes
  EXPECT_EQ(all[0].content[0].source, 11);
  EXPECT_EQ(all[0].content[0].tokens, 512);
  EXPECT_EQ(all[0].content[1].source, 12);
  EXPECT_EQ(all[0].content[1].tokens, 488);
  EXPECT_EQ(all[1].id, 1);
  EXPECT_EQ(all[1].session, -1);
  EXPECT_EQ(all[1].priority, 0);
  EXPECT_TRUE(all[1].content.empty());
}

TEST(RequestFile, JsonLines) {
  const TemporaryFolder folder;
  const auto all = all_of(section(
      folder.write("t.jsonl",
                   "# comment\n{\"_source\": \"x\", \"block_size\": 16}\n"
                   "{\"id\": 9, \"arrival_s\": 0.25, \"prompt_tokens\": 20, \"output_tokens\": 30, \"session\": 2, "
                   "\"priority\": 1, \"hash_ids\": [4, 5, 6]}\n")));
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].id, 0);
  EXPECT_EQ(all[0].session, 2);
  EXPECT_EQ(all[0].priority, 1);
  ASSERT_EQ(all[0].content.size(), 3U);  // of 50 tokens; two blocks would be the prompt's
  EXPECT_EQ(all[0].content[1].tokens, 16);
  EXPECT_EQ(all[0].content[2].tokens, 16);
}

TEST(RequestFile, AzuresOwnFormat) {
  const TemporaryFolder folder;
  const auto all = all_of(section(folder.write("t.csv",
                                               "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
                                               "2023-11-16 23:59:59.5000000,374,44\r\n"
                                               "2023-11-17 00:00:01.7500000,396,109\r\n"
                                               "2023-11-17 00:00:03,1,2\r\n")));
  EXPECT_EQ(times_of(all), (std::vector<double>{0, 2.25, 3.5}));
  EXPECT_EQ(all[1].prompt_tokens, 396);
  EXPECT_EQ(all[1].output_tokens, 109);
}

TEST(RequestFile, MooncakesOwnFormat) {
  const TemporaryFolder folder;
  const auto all = all_of(section(folder.write(
      "t.jsonl",
      "{\"timestamp\": 0, \"input_length\": 6758, \"output_length\": 500, \"hash_ids\": [0, 1, 2, 3, 4, 5, "
      "6, 7, 8, 9, 10, 11, 12, 13]}\n"
      "{\"timestamp\": 3000, \"input_length\": 100, \"output_length\": 5, \"hash_ids\": [0]}\n")));
  EXPECT_EQ(times_of(all), (std::vector<double>{0, 3}));
  ASSERT_EQ(all[0].content.size(), 14U);
  EXPECT_EQ(all[0].content[13].tokens, 102);  // 6758 - 13 * 512, though 7168 tokens would reach into the output
}

TEST(RequestFile, Timestamps) {
  const auto date = [](const char* text) { return parse_timestamp(text); };
  ASSERT_TRUE(date("1970-01-01 00:00:00"));
  EXPECT_EQ(date("1970-01-01 00:00:00")->days, 0);
  EXPECT_EQ(date("2000-03-01 00:00:00")->days, 11017);
  EXPECT_EQ(date("2024-02-29T12:00:01.25Z")->seconds, 43201.25);
  EXPECT_EQ(date("2024-05-10 01:00:00+01:00")->seconds_since(*date("2024-05-10 00:00:00.0+00:00")), 0);
  for (const char* bad : {"", "2024", "2024-13-01 00:00:00", "2024-01-01 24:00:00", "2024-01-01 00:00:00.",
                          "2024-01-01 00:00:00x", "2024-01-01 00:00:00+1", "20240101 00:00:00"})
    EXPECT_FALSE(date(bad)) << bad;
}

TEST(RequestFile, ScaleOffsetAndLimit) {
  const TemporaryFolder folder;
  RequestsSection requests = section(folder.write("t.csv", rows));
  requests.file->scale = 0.5;
  EXPECT_EQ(times_of(all_of(requests)), (std::vector<double>{0.5, 1, 2, 4}));
  requests.file->offset = 1;  // from the first that is taken
  EXPECT_EQ(times_of(all_of(requests)), (std::vector<double>{0, 1, 3}));
  requests.file->limit = 2;
  EXPECT_EQ(times_of(all_of(requests)), (std::vector<double>{0, 1}));
  EXPECT_EQ(all_of(requests)[0].id, 0);
  EXPECT_EQ(all_of(requests)[0].prompt_tokens, 20);
  EXPECT_EQ(check_request_file(requests).requests, 2);
  EXPECT_EQ(check_request_file(requests).most_tokens, 44);
}

TEST(RequestFile, CountAndDuration) {
  const TemporaryFolder folder;
  RequestsSection requests = section(folder.write("t.csv", rows));
  requests.count = 3;
  EXPECT_EQ(times_of(all_of(requests)), (std::vector<double>{1, 2, 4}));
  requests.count.reset();
  requests.duration_s = 4;
  EXPECT_EQ(times_of(all_of(requests)), (std::vector<double>{1, 2}));
}

TEST(RequestFile, OnlyTimes) {
  const TemporaryFolder folder;
  RequestsSection requests = section(folder.write("t.csv", "arrival_s\n1\n2\n4\n"));
  requests.file->use = RequestFileSection::Use::times;
  requests.prompt_tokens = LengthsSection();
  requests.prompt_tokens->numbers.add("tokens", 64);
  requests.output_tokens = requests.prompt_tokens;
  const auto all = all_of(requests);
  EXPECT_EQ(times_of(all), (std::vector<double>{1, 2, 4}));
  EXPECT_EQ(all[2].prompt_tokens, 64);
}

TEST(RequestFile, OnlyLengths) {
  const TemporaryFolder folder;
  RequestsSection requests = section(folder.write("t.csv", "prompt_tokens,output_tokens\n10,1\n20,2\n"));
  requests.file->use = RequestFileSection::Use::lengths;
  requests.arrivals = ArrivalsSection();
  requests.arrivals->process = "constant";
  requests.arrivals->numbers.add("rate", 2);
  requests.count = 10;
  const auto all = all_of(requests);  // they end with the file
  EXPECT_EQ(times_of(all), (std::vector<double>{0, 0.5}));
  EXPECT_EQ(all[1].prompt_tokens, 20);
  EXPECT_EQ(all[1].output_tokens, 2);
}

// Sums as awk has them of the unpacked files.
TEST(RequestFile, ShippedSamples) {
  EXPECT_EQ(check_request_file(section(traces + "azure2023_conv.csv.gz")).requests, 1000);
  EXPECT_EQ(check_request_file(section(traces + "azure2023_code.csv.gz")).requests, 1000);
  EXPECT_EQ(check_request_file(section(traces + "mooncake_conversation.jsonl.gz")).requests, 300);
  const auto all = all_of(section(traces + "sharegpt300_llama31.jsonl.gz"));
  ASSERT_EQ(all.size(), 300U);
  std::int64_t prompt = 0, output = 0;
  for (const Request& request : all) {
    prompt += request.prompt_tokens;
    output += request.output_tokens;
    for (const Content& part : request.content) EXPECT_EQ(part.tokens, 16);
  }
  EXPECT_EQ(prompt, 257239);
  EXPECT_EQ(output, 195753);
  EXPECT_EQ(all[0].content.size(), 180U);  // (2358 + 531) / 16
}
