#include "measurement/error_summary.hpp"

#include <gtest/gtest.h>

using namespace upmem_des;

TEST(ErrorSummary, IsByHand) {
  // +10, -20, +30 and -40 %.
  const std::vector<EstimateError> errors{
      {"A", "p", 1, 1.1}, {"A", "p", 1, 0.8, true}, {"A", "p", 10, 13}, {"A", "p", 1, 0.6}};
  const ErrorGroup group = error_group(errors);
  EXPECT_EQ(4U, group.rows);
  EXPECT_NEAR(25, group.mean_pct, 1e-9);
  EXPECT_NEAR(25, group.median_pct, 1e-9);
  EXPECT_NEAR(40, group.p90_pct, 1e-9);
  EXPECT_NEAR(-5, group.bias_pct, 1e-9);
  EXPECT_EQ(1U, group.suspect);
  EXPECT_EQ(0U, error_group({}).rows);
}

TEST(ErrorSummary, GroupsAreByDeviceAndKindAndPools) {
  const std::vector<EstimateError> errors{{"B", "p", 1, 2}, {"A", "q", 1, 1}, {"A", "p", 1, 1.5}, {"B", "p", 1, 1}};
  const std::vector<ErrorGroup> groups = error_groups(errors);
  ASSERT_EQ(3U, groups.size());
  EXPECT_EQ("A", groups[0].device);
  EXPECT_EQ("p", groups[0].kind);
  EXPECT_NEAR(50, groups[2].mean_pct, 1e-9);
  const std::vector<ErrorGroup> pooled = pooled_errors(errors);
  ASSERT_EQ(2U, pooled.size());
  EXPECT_EQ("", pooled[0].device);
  EXPECT_EQ(3U, pooled[0].rows);
  EXPECT_NEAR(50, pooled[0].mean_pct, 1e-9);
}
