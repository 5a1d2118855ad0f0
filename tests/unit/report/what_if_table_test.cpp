#include "report/what_if_table.hpp"

#include <gtest/gtest.h>

#include "sample_result.hpp"

namespace upmem_des {

TEST(WhatIfTableTest, WithoutAnswersThereIsNothing) {
  EXPECT_EQ(what_if_table(sample_result()), "");
}

/// 2 s of prefill and 6 s of decode, by hand.
TEST(WhatIfTableTest, APhaseIsBoundByWhatShortensItMost) {
  SimulationResult result = sample_result();
  result.what_if = {{"memory", 2, 5.5, {1.99, 3.51}}, {"arithmetic", 2, 6.8, {1, 5.8}}, {"links", 2, 8, {2, 6}}};
  EXPECT_EQ(what_if_table(result),
            "                                          total     prefill            decode\n"
            "--------------------------------------------------------------------------------\n"
            "bound by                                         arithmetic  memory bandwidth\n"
            "time with two times the memory bandwidth  -31.2        -0.5             -41.5  %\n"
            "time with two times the arithmetic        -15.0       -50.0              -3.3  %\n"
            "time with two times the links               0.0         0.0               0.0  %\n");
}

TEST(WhatIfTableTest, LessThanTwoPercentIsNoBound) {
  SimulationResult result = sample_result();
  result.what_if = {{"memory", 2, 7.9, {1.97, 5.93}}, {"arithmetic", 2, 8, {2, 6}}, {"links", 4, 8, {2, 6}}};
  const std::string text = what_if_table(result);
  EXPECT_NE(text.find("launches and latencies  launches and latencies"), std::string::npos) << text;
  EXPECT_NE(text.find("time with 4 times the links"), std::string::npos) << text;
}

}  // namespace upmem_des
