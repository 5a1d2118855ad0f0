#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

#include "plan/collectives/collective_table.hpp"
#include "platform/platform_builder.hpp"
#include "platform/platform_file.hpp"
#include "support/fixed_cost.hpp"
#include "upmem_des/architecture/catalogue.hpp"

namespace upmem_des::test {

namespace {

PlatformSpec shipped(const std::string& name) {
  return build_platform(
      read_platform_file(PROJECT_DIR "/platforms/" + name), Catalogue::builtin(),
      [](const Architecture& host) { return host; }, [](const Architecture&) { return DeviceRatings(); }, false);
}

std::vector<DeviceIndex> first_gpus(std::size_t n) {
  std::vector<DeviceIndex> gpus;
  for (DeviceIndex i = 1; i <= n; ++i) gpus.push_back(i);
  return gpus;
}

struct Measured {
  std::size_t devices = 0;
  double bytes = 0;
  double time_s = 0;
};

std::vector<Measured> measured_rows() {
  std::ifstream file(PROJECT_DIR "/tests/data/nccl/h100_sxm_all_reduce.csv");
  std::vector<Measured> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind('#', 0) == 0) continue;
    std::istringstream cells(line);
    Measured row;
    char comma = 0;
    cells >> row.devices >> comma >> row.bytes >> comma >> row.time_s;
    row.time_s *= 1e-6;
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

/// docs/machines.md has the error.
TEST(MeasuredCollectives, AreThoseOfRealMachines) {
  PlatformSpec platform = shipped("hgx_h100.yaml");
  const CollectiveTable table(platform, {first_gpus(2), first_gpus(4), first_gpus(8)}, 2);
  const std::vector<Measured> rows = measured_rows();
  ASSERT_EQ(72U, rows.size());
  double error = 0;
  double worst = 0;
  for (const Measured& row : rows) {
    const CollectivePlan& plan = table.choose(first_gpus(row.devices), Collective::AllReduce, row.bytes);
    EXPECT_EQ("measured", plan.algorithm->name()) << row.devices << " " << row.bytes;
    const double relative = std::abs(plan.time_s(row.bytes) / row.time_s - 1);
    error += relative / static_cast<double>(rows.size());
    worst = std::max(worst, relative);
  }
  EXPECT_LT(error, 0.12);
  EXPECT_LT(worst, 0.6);
}

/// base + per_log2 · log2(n) + w · S/B.
TEST(MeasuredCollectives, FollowTheirFormula) {
  PlatformSpec platform = shipped("hgx_h100.yaml");
  const CollectiveTable table(platform, {first_gpus(4)}, 2);
  const double S = 1e6;
  const double fixed_s = 2.16e-6 + 2 * 4.58e-6;
  const double B = 450e9 * 0.628;
  const std::map<Collective, double> sent{{Collective::AllReduce, 1.5},
                                          {Collective::ReduceScatter, 0.75},
                                          {Collective::AllGather, 0.75},
                                          {Collective::AllToAll, 0.75 / 4}};
  for (const auto& [collective, share] : sent)
    EXPECT_NEAR(fixed_s + share * S / B, table.choose(first_gpus(4), collective, S).time_s(S), 1e-15)
        << name_of(collective);
}

/// Inside as measured, across by what is cheapest.
TEST(MeasuredCollectives, AreALevelOfOthers) {
  PlatformSpec platform = shipped("h100_cluster.yaml");
  const CollectiveTable table(platform, {first_gpus(16)}, 2);
  const double S = 1e9;
  const CollectivePlan& plan = table.choose(first_gpus(16), Collective::AllReduce, S);
  EXPECT_EQ(0U, plan.algorithm->title().find("hierarchical (measured, then ")) << plan.algorithm->title();
  // Inside twice 7/8 of S, across twice half of an eighth.
  const double least_s = 2 * 7.0 / 8 * S / (450e9 * 0.628) + S / 8 / 50e9;
  EXPECT_GT(plan.time_s(S), least_s);
  EXPECT_LT(plan.time_s(S), 1.05 * least_s);
}

}  // namespace upmem_des::test
