#include "report/measured_run.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "measured_sample.hpp"

using namespace upmem_des;

TEST(MeasuredRunTest, Tokens) {
  const MeasuredRun run = measured_sample();
  EXPECT_TRUE(run.generates_tokens());
  EXPECT_EQ(run.tokens(Phase::Prefill), 2);
  EXPECT_EQ(run.tokens(Phase::Decode), 6);
  EXPECT_DOUBLE_EQ(run.tokens_per_s(), 1);
  EXPECT_EQ(run.passes(), 4);
  EXPECT_DOUBLE_EQ(run.passes_per_s(), 0.5);
  EXPECT_DOUBLE_EQ(run.coverage(), 0.95);
  EXPECT_DOUBLE_EQ(run.energy().value().total_J(), 110);
}

TEST(MeasuredRunTest, RowsMayEndEarly) {
  MeasuredRun run = measured_sample();
  run.reply.token_ids = {{5, 6, 7}, {1}, {}};
  EXPECT_EQ(run.tokens(Phase::Prefill), 2);
  EXPECT_EQ(run.tokens(Phase::Decode), 2);
}

TEST(MeasuredRunTest, EnergyIsAllOrNothing) {
  MeasuredRun run = measured_sample();
  run.reply.phases[1].energy.reset();
  EXPECT_FALSE(run.energy()) << "half of it would be taken for all";
  run.reply.phases[1].passes = 0;
  EXPECT_DOUBLE_EQ(run.energy().value().total_J(), 44);
  EXPECT_FALSE(measured_script().energy());
  EXPECT_FALSE(MeasuredRun().energy());
}

TEST(MeasuredRunTest, NothingDividesByZero) {
  const MeasuredRun run;
  EXPECT_FALSE(run.generates_tokens());
  EXPECT_EQ(run.tokens_per_s(), 0);
  EXPECT_EQ(run.passes_per_s(), 0);
  EXPECT_EQ(run.coverage(), 0);
  EXPECT_EQ(finite_ratio(1, 5e-324), 0) << "no infinity";
  EXPECT_EQ(finite_ratio(std::numeric_limits<double>::quiet_NaN(), 1), 0);
  EXPECT_EQ(finite_ratio(3, 2), 1.5);
}
