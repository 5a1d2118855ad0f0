#include "cli/job_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using namespace std::string_literals;
using testing::ElementsAre;

namespace {

using Words = std::vector<std::string>;

std::vector<Words> jobs_of(JobReader& reader) {
  std::vector<Words> jobs;
  for (Words words; reader.next(words);) jobs.push_back(words);
  return jobs;
}

std::string refusal(const std::string& bytes) {
  JobReader reader;
  reader.feed(bytes);
  try {
    jobs_of(reader);
  } catch (const InputError& error) {
    return error.what();
  }
  return "no error";
}

const std::string expected = "; expected a line with the number of arguments, then each with a zero byte behind it";

}  // namespace

TEST(JobReaderTest, ArgumentsHaveAllBytesButZero) {
  JobReader reader;
  reader.feed("3\nrun\0a \n\xff\"\0\0"s + "1\n2\n\0"s);
  EXPECT_THAT(jobs_of(reader), ElementsAre(Words{"run", "a \n\xff\"", ""}, Words{"2\n"}));
}

TEST(JobReaderTest, CutAnywhere) {
  const std::string bytes = "2\nrun\0a.yaml\0"s + "1\nb\0"s + "12\n0\0001\0002\0003\0004\0005\0006\0007\08\09\0a\0b\0"s;
  for (std::size_t first = 0; first <= bytes.size(); ++first) {
    JobReader reader;
    reader.feed(bytes.substr(0, first));
    std::vector<Words> jobs = jobs_of(reader);
    for (const char byte : bytes.substr(first)) {
      reader.feed({&byte, 1});
      for (const Words& job : jobs_of(reader)) jobs.push_back(job);
    }
    EXPECT_THAT(jobs, ElementsAre(Words{"run", "a.yaml"}, Words{"b"},
                                  Words{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "a", "b"}))
        << first;
  }
}

TEST(JobReaderTest, HalfAJobIsNone) {
  JobReader reader;
  reader.feed("2\nrun\0a.yaml"s);
  EXPECT_THAT(jobs_of(reader), ElementsAre());
  reader.feed("\0"s);
  EXPECT_THAT(jobs_of(reader), ElementsAre(Words{"run", "a.yaml"}));
}

TEST(JobReaderTest, WhatIsNoJob) {
  for (const std::string line : {"", "x", "0", "1 ", " 1", "1x", "0x1", "100001", "99999999999999999999"})
    EXPECT_EQ(refusal(line + "\n"), "standard input: '" + line + "' is no number of arguments" + expected);
  EXPECT_EQ(refusal("no line's end in sight"), "standard input: no number of arguments" + expected);
  EXPECT_EQ(refusal(std::string(21, '1') + "\n"), "standard input: no number of arguments" + expected);
  EXPECT_EQ(refusal("1\n" + std::string(JobReader::max_bytes, 'a')),
            "standard input: a job of more than 16 MiB" + expected);
}

TEST(JobReaderTest, JobsThatAreWithdrawnStandBetweenJobs) {
  JobReader reader;
  reader.feed("-0\n1\nrun\0-12\n-"s);
  EXPECT_THAT(jobs_of(reader), ElementsAre(Words{"run"}));
  EXPECT_THAT(reader.take_withdrawn(), ElementsAre(0, 12));
  EXPECT_THAT(reader.take_withdrawn(), ElementsAre());
  reader.feed("7\n");
  EXPECT_THAT(jobs_of(reader), ElementsAre());
  EXPECT_THAT(reader.take_withdrawn(), ElementsAre(7));
}

TEST(JobReaderTest, OnlyNumbersAreWithdrawn) {
  EXPECT_EQ(refusal("-\n"), "standard input: '-' is no number of a job" + expected);
  EXPECT_EQ(refusal("--1\n"), "standard input: '--1' is no number of a job" + expected);
  EXPECT_EQ(refusal("-1x\n"), "standard input: '-1x' is no number of a job" + expected);
  EXPECT_EQ(refusal("-9999999999999999999\n"),
            "standard input: '-9999999999999999999' is no number of a job" + expected);
}
