/// Rates of transfers that share links, against what max-min fairness says and against each other.
#include "simulation/fair_rates.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

#include "task_bench.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

struct FairRatesTest : ::testing::Test {
  std::map<std::size_t, double> rates_of(const std::vector<RouteIndex>& transfers) {
    const LinkDomains domains(machine.platform);
    FairRates rates(machine.platform, domains);
    for (std::size_t i = 0; i < transfers.size(); ++i) rates.add(transfers[i], i);
    std::map<std::size_t, double> found;
    rates.update([&](std::size_t transfer, double rate_Bps) { found[transfer] = rate_Bps; });
    return found;
  }

  MachineBuilder machine;
  DeviceIndex a = machine.device("A"), b = machine.device("B");
};

}  // namespace

TEST_F(FairRatesTest, OneAloneHasItsSlowestLink) {
  const RouteIndex route = machine.route(0, {a}, {machine.link("fast", 8e9, 0), machine.link("slow", 3e9, 0)});
  EXPECT_EQ(3e9, rates_of({route}).at(0));
}

TEST_F(FairRatesTest, WhatOneCannotUseTheOthersShare) {
  const LinkIndex channel = machine.link("channel", 10e9, 0);
  const RouteIndex slow = machine.route(0, {a}, {channel, machine.link("slow", 2e9, 0)});
  const RouteIndex fast = machine.route(0, {b}, {channel});
  const auto rates = rates_of({slow, fast, fast});
  EXPECT_DOUBLE_EQ(2e9, rates.at(0));
  EXPECT_DOUBLE_EQ(4e9, rates.at(1));
  EXPECT_DOUBLE_EQ(4e9, rates.at(2));
}

TEST_F(FairRatesTest, DirectionsShareAMedium) {
  machine.platform.media.push_back({"wires", 6e9});
  const LinkIndex down = machine.link("down", 4e9, 0), up = machine.link("up", 4e9, 0, LinkRole::DeviceToHost);
  machine.platform.links[down].medium = machine.platform.links[up].medium = 0;
  const RouteIndex to = machine.route(0, {a}, {down}), from = machine.route(a, {0}, {up});
  EXPECT_DOUBLE_EQ(4e9, rates_of({to}).at(0));
  EXPECT_DOUBLE_EQ(3e9, rates_of({to, from}).at(0));
}

TEST_F(FairRatesTest, OnlyWhatMayHaveChangedIsTold) {
  const RouteIndex one = machine.route(0, {a}, {machine.link("one", 4e9, 0)});
  const RouteIndex other = machine.route(0, {b}, {machine.link("other", 4e9, 0)});
  const LinkDomains domains(machine.platform);
  FairRates rates(machine.platform, domains);
  std::vector<std::size_t> told;
  const auto tell = [&](std::size_t transfer, double) { told.push_back(transfer); };
  rates.add(one, 0);
  rates.add(other, 1);
  rates.update(tell);
  rates.update(tell);
  rates.remove(one, 0);
  rates.update(tell);
  EXPECT_EQ((std::vector<std::size_t>{0, 1}), told);
}

/// On each transfer's way there is a full link on which nobody is faster: that, and no link above its bandwidth, is
/// max-min fairness.
TEST_F(FairRatesTest, RandomTransfersAreMaxMinFair) {
  std::mt19937 random(3);
  const auto below = [&](std::size_t n) { return random() % n; };
  for (int i = 0; i < 6; ++i) machine.link("l" + std::to_string(i), 1e9 * static_cast<double>(1 + below(9)), 0);
  std::vector<RouteIndex> routes;
  for (int i = 0; i < 12; ++i) {
    std::vector<LinkIndex> links;
    for (LinkIndex link = 0; link < 6; ++link)
      if (below(3) == 0) links.push_back(link);
    if (links.empty()) links.push_back(below(6));
    routes.push_back(machine.route(0, {i % 2 == 0 ? a : b}, links));
  }
  for (int round = 0; round < 200; ++round) {
    std::vector<RouteIndex> transfers;
    for (std::size_t i = 0; i < 1 + below(15); ++i) transfers.push_back(routes[below(routes.size())]);
    const auto rates = rates_of(transfers);
    std::vector<double> used(6), fastest(6);
    for (std::size_t i = 0; i < transfers.size(); ++i)
      for (const LinkIndex link : machine.platform.routes[transfers[i]].links) {
        used[link] += rates.at(i);
        fastest[link] = std::max(fastest[link], rates.at(i));
      }
    for (LinkIndex link = 0; link < 6; ++link)
      EXPECT_LE(used[link], machine.platform.links[link].bandwidth_Bps * (1 + 1e-12));
    for (std::size_t i = 0; i < transfers.size(); ++i) {
      const auto& links = machine.platform.routes[transfers[i]].links;
      EXPECT_TRUE(std::any_of(links.begin(), links.end(), [&](LinkIndex link) {
        return used[link] >= machine.platform.links[link].bandwidth_Bps * (1 - 1e-12) &&
               rates.at(i) >= fastest[link] * (1 - 1e-12);
      }));
    }
  }
}

/// What began and ended before leaves nothing behind.
TEST_F(FairRatesTest, FollowsTransfersThatComeAndGo) {
  std::mt19937 random(5);
  const auto below = [&](std::size_t n) { return random() % n; };
  for (int i = 0; i < 8; ++i) machine.link("l" + std::to_string(i), 1e9 * static_cast<double>(1 + below(9)), 0);
  std::vector<RouteIndex> routes;
  for (int i = 0; i < 12; ++i) routes.push_back(machine.route(0, {i % 2 == 0 ? a : b}, {below(4), 4 + below(4)}));
  const LinkDomains domains(machine.platform);
  FairRates rates(machine.platform, domains);
  std::map<std::size_t, RouteIndex> going;
  std::map<std::size_t, double> told;
  for (std::size_t next = 0; next < 400; ++next) {
    if (going.size() > 10 || (going.size() > 1 && below(3) == 0)) {
      const auto ended = std::next(going.begin(), static_cast<std::ptrdiff_t>(below(going.size())));
      rates.remove(ended->second, ended->first);
      told.erase(ended->first);
      going.erase(ended);
    } else {
      going[next] = routes[below(routes.size())];
      rates.add(going[next], next);
    }
    rates.update([&](std::size_t transfer, double rate_Bps) { told[transfer] = rate_Bps; });
    std::vector<RouteIndex> same;
    for (const auto& [transfer, route] : going) same.push_back(route);
    const auto fresh = rates_of(same);
    ASSERT_EQ(going.size(), told.size());
    std::size_t i = 0;
    for (const auto& [transfer, rate_Bps] : told) EXPECT_NEAR(fresh.at(i++), rate_Bps, 1e-12 * rate_Bps);
  }
}
