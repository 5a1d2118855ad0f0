/// Every message that a wrong file of requests gives, in full.
#include <gtest/gtest.h>
#include <zlib.h>

#include "requests/request_source.hpp"
#include "requests/requests_section.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class RequestFileErrors : public testing::Test {
 protected:
  RequestFileErrors() { requests_.file = RequestFileSection(); }

  /// With the file's path as F.
  std::string error(const std::string& text) {
    const std::string path = requests_.file->path = folder_.write("t", text);
    std::string message = input_error([&] { check_request_file(requests_); });
    if (const auto at = message.find(path); at != std::string::npos) message.replace(at, path.size(), "F");
    return message;
  }

  TemporaryFolder folder_;
  RequestsSection requests_;
};

const std::string names = "arrival_s,prompt_tokens,output_tokens\n";
const std::string columns =
    "; expected arrival_s, prompt_tokens, output_tokens, or TIMESTAMP, ContextTokens, GeneratedTokens";
const std::string tokens_range = "; expected a whole number from 1 to 1000000000";

}  // namespace

TEST_F(RequestFileErrors, Nothing) {
  const std::string expected = "F: no requests; expected a line of column names and rows, or JSON objects";
  EXPECT_EQ(error(""), expected);
  EXPECT_EQ(error("# only\n\n# comments\n"), expected);
  EXPECT_EQ(error(names), "F: no requests; expected one at least");
  EXPECT_EQ(error("{\"_source\": \"x\"}\n"), "F: no requests; expected one object a line");
  requests_.file->path = folder_.path("none");
  EXPECT_THROW(check_request_file(requests_), InputError);
}

TEST_F(RequestFileErrors, Columns) {
  EXPECT_EQ(error("arrival,prompt_tokens,output_tokens\n1,1,1\n"),
            "F:1: no column 'arrival_s'" + columns + "; did you mean 'arrival'?");
  EXPECT_EQ(error("arrival_s,output_tokens\n1,1\n"), "F:1: no column 'prompt_tokens'" + columns);
  EXPECT_EQ(error("TIMESTAMP,ContextTokens\n1,1\n"), "F:1: no column 'GeneratedTokens'" + columns);
  EXPECT_EQ(error("a,a\n"), "F:1: column 'a' a second time");
  EXPECT_EQ(error(names + "1,10\n"), "F:2: 2 fields; expected 3, as the first line has");
}

TEST_F(RequestFileErrors, Times) {
  for (const char* bad : {"-1", "1e400", "1e13"})
    EXPECT_EQ(error(names + bad + ",1,1\n"),
              "F:2: arrival_s: " + std::string(bad) + "; expected a number from 0 to 1e12");
  for (const char* bad : {"", "x", "inf", "nan", "1 s"})
    EXPECT_EQ(error(names + bad + ",1,1\n"), "F:2: arrival_s: '" + std::string(bad) + "'; expected a number");
  EXPECT_EQ(error(names + "3,1,1\n2.5,1,1\n"),
            "F:3: arrives at 2.5 s, before the request above (3 s); expected them in order of arrival");
  EXPECT_EQ(error("TIMESTAMP,ContextTokens,GeneratedTokens\nyesterday,1,1\n"),
            "F:2: TIMESTAMP: 'yesterday'; expected a date such as 2023-11-16 18:17:03.9799600");
  EXPECT_EQ(error("TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:17:03,1,1\n2023-11-16 18:17:02,1,1\n"),
            "F:3: arrives at -1 s, before the request above (0 s); expected them in order of arrival");
}

TEST_F(RequestFileErrors, Tokens) {
  for (const char* bad : {"0", "-3", "1.5", "2000000000", "1e400"}) {
    EXPECT_EQ(error(names + "0," + bad + ",1\n"), "F:2: prompt_tokens: " + std::string(bad) + tokens_range);
    EXPECT_EQ(error(names + "0,1," + bad + "\n"), "F:2: output_tokens: " + std::string(bad) + tokens_range);
  }
  EXPECT_EQ(error(names + "0,ten,1\n"), "F:2: prompt_tokens: 'ten'; expected a number");
}

TEST_F(RequestFileErrors, Others) {
  EXPECT_EQ(error("arrival_s,prompt_tokens,output_tokens,session\n0,1,1,1.5\n"),
            "F:2: session: 1.5; expected a whole number");
  EXPECT_EQ(error("arrival_s,prompt_tokens,output_tokens,id\n0,1,1,4\n1,1,1,4\n"),
            "F:3: id: 4 a second time; expected one request of each id");
  EXPECT_EQ(error("arrival_s,prompt_tokens,output_tokens,hash_ids\n0,1,1,4 x\n"),
            "F:2: hash_ids: 'x'; expected a number");
  for (const char* bad : {"-1", "1.5", "9007199254740993"})
    EXPECT_EQ(error("arrival_s,prompt_tokens,output_tokens,hash_ids\n0,1,1," + std::string(bad) + "\n"),
              "F:2: hash_ids: " + std::string(bad) + "; expected a whole number from 0 to 9007199254740991");
  requests_.file->block_tokens = 16;
  EXPECT_EQ(error("arrival_s,prompt_tokens,output_tokens,hash_ids\n0,20,10,1 2 3\n"),
            "F:2: hash_ids: 3 ids of 16 tokens, but 30 tokens of prompt and output; expected at most 2");
  requests_.file->offset = 2;
  EXPECT_EQ(error(names + "0,1,1\n1,1,1\n"), "F: 2 requests, all left out by offset 2; expected a smaller one");
  EXPECT_EQ(error(names + "0,1,1\n"), "F: 1 requests, all left out by offset 2; expected a smaller one");
}

TEST_F(RequestFileErrors, JsonLines) {
  const std::string good = "{\"arrival_s\": 1, \"prompt_tokens\": 5, \"output_tokens\": 5}\n";
  EXPECT_EQ(error(good + "{\"arrival_s\": \n"), "F:2: ends in the middle; expected one object a line");
  EXPECT_EQ(
      error(good + "{\"arrival_s\": "),
      "F:2: ends in the middle; expected one object a line; the last line has no newline: is the file cut short?");
  EXPECT_EQ(error(good + "[1]\n"), "F:2: a list; expected one object a line");
  EXPECT_EQ(error("{\"arival_s\": 1, \"prompt_tokens\": 5, \"output_tokens\": 5}\n"),
            "F:1: arrival_s: missing; expected it, or timestamp of Mooncake's format; did you mean 'arival_s'?");
  EXPECT_EQ(error("{\"arrival_s\": \"x\", \"prompt_tokens\": 5, \"output_tokens\": 5}\n"),
            "F:1: arrival_s: 'x'; expected a number");
  EXPECT_EQ(error("{\"arrival_s\": -1, \"prompt_tokens\": 5, \"output_tokens\": 5}\n"),
            "F:1: arrival_s: -1; expected a number from 0 to 1e12");
  EXPECT_EQ(error("{\"arrival_s\": 1e999, \"prompt_tokens\": 5, \"output_tokens\": 5}\n"),
            "F:1: a number beyond 1.8e308; expected one object a line");
  EXPECT_EQ(error("{\"arrival_s\": 1, \"prompt_tokens\": 0, \"output_tokens\": 5}\n"),
            "F:1: prompt_tokens: 0" + tokens_range);
  EXPECT_EQ(error("{\"arrival_s\": 1, \"prompt_tokens\": 5, \"output_tokens\": 5, \"hash_ids\": 3}\n"),
            "F:1: hash_ids: 3; expected a list");
  EXPECT_EQ(error("{\"arrival_s\": 1, \"prompt_tokens\": 5, \"output_tokens\": 5, \"hash_ids\": [\"a\"]}\n"),
            "F:1: hash_ids[0]: 'a'; expected a number");
  EXPECT_EQ(error("{\"_source\": \"x\", \"block_size\": 0}\n" + good), "F:1: block_size: 0" + tokens_range);
  EXPECT_EQ(error(good + "{\"arrival_s\": 0, \"prompt_tokens\": 5, \"output_tokens\": 5}\n"),
            "F:2: arrives at 0 s, before the request above (1 s); expected them in order of arrival");
}

TEST_F(RequestFileErrors, TruncatedGzip) {
  const std::string path = folder_.path("whole.gz");
  gzFile file = ::gzopen(path.c_str(), "wb");
  const std::string text = names + "0,1,1\n1,2,3\n";
  ::gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  ::gzclose(file);
  const std::string packed = read_bytes(path);
  EXPECT_EQ(error(packed), "no error");
  EXPECT_NE(error(packed.substr(0, packed.size() - 9)).find("gzip"), std::string::npos);
}
