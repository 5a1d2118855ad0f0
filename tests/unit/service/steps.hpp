/// Single steps of served requests, for tests: what they take, and ones of all sizes.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "requests/random_stream.hpp"
#include "service/step_costs.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des::test {

/// A step of one sequence.
inline double step_s(StepCosts& costs, std::int64_t rows, std::int64_t cached, std::int64_t logits = 1) {
  StepCost cost;
  costs.cost({{0, 1, rows, cached, logits}}, cost);
  return cost.time_s;
}
inline double step_s(const PreparedRun& run, std::int64_t rows, std::int64_t cached) {
  StepCosts costs(run, {});
  return step_s(costs, rows, cached);
}

/// What all devices draw always, in that time.
inline double idle_J(const PlatformSpec& platform, double time_s) {
  double sum_J = 0;
  for (const DeviceSpec& device : platform.devices) sum_J += device.architecture.idle_W * time_s;
  return sum_J;
}

/// A row each of one or more sequences, `most` at most.
inline std::vector<Slice> random_rows(RandomStream& random, std::int64_t most) {
  std::vector<Slice> slices;
  const std::int64_t sequences = 1 + random.below(most);
  for (std::int64_t i = 0; i < sequences; ++i) slices.push_back({i, 1, 1, 1 + random.below(3000)});
  return slices;
}

/// A part of a prompt, the first one as often as not.
inline Slice random_chunk(RandomStream& random) {
  const std::int64_t rows = 1 + random.below(400);
  return {0, 1, rows, random.below(2) * random.below(2000)};
}

/// To 1e-9.
inline void expect_same_cost(const StepCost& cost, const StepCost& expected) {
  EXPECT_NEAR(cost.time_s / expected.time_s, 1, 1e-9);
  EXPECT_NEAR(cost.dynamic_J / expected.dynamic_J, 1, 1e-9);
  EXPECT_NEAR(cost.most_W / expected.most_W, 1, 1e-9);
  EXPECT_NEAR(cost.cache_J, expected.cache_J, 1e-9 * expected.dynamic_J);
  ASSERT_EQ(cost.devices.size(), expected.devices.size());
  for (DeviceIndex i = 0; i < cost.devices.size(); ++i) {
    SCOPED_TRACE("device " + std::to_string(i));
    EXPECT_NEAR(cost.devices[i].memory_J, expected.devices[i].memory_J, 1e-9 * expected.dynamic_J);
    EXPECT_NEAR(cost.devices[i].arithmetic_J, expected.devices[i].arithmetic_J, 1e-9 * expected.dynamic_J);
    EXPECT_NEAR(cost.devices[i].active_s, expected.devices[i].active_s, 1e-9 * expected.time_s);
  }
  ASSERT_EQ(cost.links_B.size(), expected.links_B.size());
  for (LinkIndex i = 0; i < cost.links_B.size(); ++i)
    EXPECT_NEAR(cost.links_B[i], expected.links_B[i], 1e-9 * expected.links_B[i] + 1e-5) << "link " << i;
}

}  // namespace upmem_des::test
