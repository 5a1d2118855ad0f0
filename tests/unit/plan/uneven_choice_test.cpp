/// Collectives whose devices have unlike shares.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>

#include "cost/sum_demand.hpp"
#include "plan/collectives/collective_algorithms.hpp"
#include "plan/collectives/uneven_choice.hpp"
#include "test_networks.hpp"

namespace upmem_des::test {

namespace {

constexpr double S = 1 << 20;

struct Chosen {
  std::string name;
  double time_s = 0;
};

Chosen chosen(PlatformSpec platform, const FixedAlgorithms& fixed, Collective collective,
              const std::vector<double>& shares, double bytes) {
  const std::vector<DeviceIndex> devices = first_devices(shares.size());
  const CollectiveTable table(platform, {devices}, 2, fixed);
  const RouteTable routes(platform);
  UnevenChoice choice(platform, routes, table);
  const UnevenPlan& plan = choice.choose(devices, collective, shares, bytes);
  return {plan.algorithm->name(), plan.cost.time_s(bytes)};
}

std::vector<double> random_shares(std::mt19937& random, std::size_t n) {
  std::vector<double> shares(n);
  for (double& share : shares) share = std::exponential_distribution<double>(1)(random);
  const double sum = std::accumulate(shares.begin(), shares.end(), 0.0);
  for (double& share : shares) share /= sum;
  return shares;
}

}  // namespace

TEST(UnevenChoice, KnowsRoundedSharesFromUnlikeOnes) {
  EXPECT_FALSE(UnevenChoice::are_uneven({}));
  EXPECT_FALSE(UnevenChoice::are_uneven({0.25, 0.25 * (1 + 1e-15)}));
  EXPECT_TRUE(UnevenChoice::are_uneven({0.25, 0.25 * (1 + 1e-9)}));
  EXPECT_TRUE(UnevenChoice::are_uneven({1, 0}));
}

// Links to and from the switch of 20 GB/s, each with 1 us; the first of four devices has 0.7 of the tensor.
TEST(UnevenChoice, TheBusiestLinkDecides) {
  const PlatformSpec platform = Networks(4).on_a_switch(first_devices(4), link_Bps).platform;
  const std::vector<double> shares{0.7, 0.1, 0.1, 0.1};
  const double L = 2e-6, B = 20e9;
  // It sends three of the four a quarter each of what it has.
  EXPECT_NEAR(L + 0.7 * 3 / 4 * S / B, chosen(platform, only("direct"), Collective::AllToAll, shares, S).time_s, 1e-15);
  // It sends all it has to each of the three.
  EXPECT_NEAR(L + 0.7 * 3 * S / B, chosen(platform, only("direct"), Collective::AllGather, shares, S).time_s, 1e-15);
  // It is sent its share of the sum by three, and adds four tensors of it.
  const double sum_s = sum_demand(platform.devices[1].architecture, 4, 0.7 * S / 2, 2).time_s();
  EXPECT_NEAR(L + 0.7 * 3 * S / B + sum_s,
              chosen(platform, only("direct"), Collective::ReduceScatter, shares, S).time_s, 1e-14);
}

// A switch just as fast as the ways to the host, up 5 and down 10 GB/s, whose memory passes 3 GB/s: with equal shares
// the memory is the slowest, (3/4 · S) / 3 GB/s against (3/16 · S) / 5 GB/s. With all on one device its way up is.
TEST(UnevenChoice, IsAnotherOneThanWithEqualShares) {
  PlatformSpec platform = Networks(4).on_a_switch(first_devices(4), 5e9).platform;
  platform.devices[0].architecture.memory.bandwidth_Bps = 3e9;
  const double L = 2e-6, bytes = 1e6;
  const Chosen even = chosen(platform, {}, Collective::AllToAll, even_shares(4), bytes);
  EXPECT_EQ("direct", even.name);
  EXPECT_NEAR(L + 3.0 / 16 * bytes / 5e9, even.time_s, 1e-15);
  platform.devices[0].architecture.memory.bandwidth_Bps = 5e9;
  // Both carry 3/4 of it over the one device's way up, but the switch has a latency.
  const Chosen one = chosen(platform, {}, Collective::AllToAll, {1, 0, 0, 0}, bytes);
  EXPECT_EQ("through_host", one.name);
  EXPECT_NEAR(0.75 * bytes / 5e9, one.time_s, 1e-15);
  EXPECT_EQ("direct", chosen(platform, {}, Collective::AllToAll, even_shares(4), bytes).name);
}

TEST(UnevenChoice, IsNoSlowerThanWhatCouldBeFixedNorThanWithoutTheNetwork) {
  std::mt19937 random(16);
  const PlatformSpec alone = star(4);
  const std::vector<PlatformSpec> machines{alone, Networks(4).on_a_switch(first_devices(4), link_Bps).platform,
                                           Networks(4).on_a_switch(first_devices(4), 5e9).platform,
                                           Networks(4).in_a_ring(first_devices(4)).platform,
                                           Networks(4).fully_meshed(first_devices(4)).platform};
  std::map<std::string, int> taken;
  for (int i = 0; i < 40; ++i) {
    const std::vector<double> shares = random_shares(random, 4);
    const double bytes = std::pow(10, std::uniform_real_distribution<double>(2, 8)(random));
    for (const Collective collective : {Collective::AllGather, Collective::ReduceScatter, Collective::AllToAll}) {
      const double alone_s = chosen(alone, {}, collective, shares, bytes).time_s;
      for (const PlatformSpec& machine : machines) {
        const Chosen best = chosen(machine, {}, collective, shares, bytes);
        ++taken[best.name];
        EXPECT_LE(best.time_s, alone_s * (1 + 1e-12));
        for (const std::string& name : collective_algorithm_names())
          EXPECT_LE(best.time_s, chosen(machine, only(name), collective, shares, bytes).time_s * (1 + 1e-12)) << name;
      }
    }
  }
  EXPECT_GE(taken.size(), 4U);
}

}  // namespace upmem_des::test
