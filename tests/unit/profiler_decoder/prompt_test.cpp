#include "profiler/decoder/prompt.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

TokenRows read(const std::string& text) {
  const TemporaryFolder folder;
  return read_prompt_ids(folder.write("ids", text), 100);
}

std::string problem(const std::string& text) {
  const TemporaryFolder folder;
  const std::string path = folder.write("ids", text);
  return replaced(input_error([&] { read_prompt_ids(path, 100); }), path, "ids");
}

}  // namespace

TEST(PromptTest, RandomIdsAreThoseOfTheSeed) {
  const TokenRows rows = random_prompt(3, 2000, 7, 1);
  ASSERT_EQ(rows.size(), 3U);
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 2000U);
    EXPECT_EQ(*std::min_element(row.begin(), row.end()), 0);
    EXPECT_EQ(*std::max_element(row.begin(), row.end()), 6);
  }
  EXPECT_NE(rows[0], rows[1]);
  EXPECT_EQ(rows, random_prompt(3, 2000, 7, 1));
  EXPECT_NE(rows, random_prompt(3, 2000, 7, 2));
}

TEST(PromptTest, AFileOfIds) {
  EXPECT_EQ(read("1 2 3"), (TokenRows{{1, 2, 3}}));
  EXPECT_EQ(read("1,2,\t3\r\n\n , 99, 0 5\n\n"), (TokenRows{{1, 2, 3}, {99, 0, 5}}));
}

TEST(PromptTest, FilesThatAreNoIds) {
  const std::string expected = "; expected a token id, a whole number from 0 to 99";
  EXPECT_EQ(input_error([] { read_prompt_ids("/no/such", 9); }), "/no/such: no such file");
  EXPECT_EQ(input_error([] { read_prompt_ids("/proc", 9); }), "/proc: a folder; expected a file of token ids");
  EXPECT_EQ(problem(""), "ids: no token ids; expected a line of them for each batch row");
  EXPECT_EQ(problem(" \n,\n"), "ids: no token ids; expected a line of them for each batch row");
  EXPECT_EQ(problem("1\n2 x3"), "ids:2: 'x3'" + expected);
  EXPECT_EQ(problem("1 2.5"), "ids:1: '2.5'" + expected);
  EXPECT_EQ(problem("-1"), "ids:1: '-1'" + expected);
  EXPECT_EQ(problem("+1"), "ids:1: '+1'" + expected);
  EXPECT_EQ(problem("100"), "ids:1: '100'" + expected);
  EXPECT_EQ(problem("99999999999999999999"), "ids:1: '99999999999999999999'" + expected);
  EXPECT_EQ(problem(std::string(100, '9')), "ids:1: '" + std::string(60, '9') + "...'" + expected);
  EXPECT_EQ(problem("\n1 2\n\n1 2 3"), "ids:4: 3 token ids; expected 2, as on line 2");
  EXPECT_EQ(problem(std::string((64U << 20U) + 1, ' ')), "ids: larger than 64 MiB; expected a file of token ids");
}
