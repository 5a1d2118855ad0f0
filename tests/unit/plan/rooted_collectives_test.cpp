#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "cost/sum_demand.hpp"
#include "plan/collectives/collective_algorithms.hpp"
#include "plan/collectives/rooted_choice.hpp"
#include "plan/tasks/collectives.hpp"
#include "test_networks.hpp"

namespace upmem_des::test {

namespace {

using ::testing::ElementsAre;

constexpr double S = 1 << 20;
constexpr double down = 10e9, up = 5e9;  // those of test::device()

/// A broadcast from the first device, a gather or a reduce to it.
RootedCollective of(Collective collective, const std::vector<DeviceIndex>& devices) {
  RootedCollective what{collective, devices, 0, even_shares(devices.size())};
  if (collective == Collective::Reduce) what.shares.assign(devices.size(), 1);
  if (collective != Collective::Broadcast) return what;
  what.shares.assign(devices.size(), 0);
  what.shares.front() = 1;
  return what;
}

FixedAlgorithms fixed(Collective collective, const std::string& name) {
  FixedAlgorithms all;
  all[static_cast<std::size_t>(collective)] = name;
  return all;
}

/// What is taken where `name` is fixed; the table knows all devices, and all but the first.
RootedPlan plan_of(PlatformSpec platform, const RootedCollective& what, const std::string& name, double bytes = S) {
  const std::vector<DeviceIndex> others(what.devices.begin() + 1, what.devices.end());
  const CollectiveTable table(platform, {what.devices, others}, 2, fixed(what.collective, name));
  const RouteTable routes(platform);
  return RootedChoice(platform, routes, table).choose(what, bytes);
}

void expect_s(double expected_s, const PlatformSpec& platform, const RootedCollective& what, const std::string& name) {
  const RootedPlan plan = plan_of(platform, what, name);
  EXPECT_EQ(name, plan.algorithm->name());
  EXPECT_NEAR(expected_s, plan.time_s, 1e-9 * expected_s) << name << " " << name_of(what.collective);
}

double sum_s(const PlatformSpec& platform, double tensors, double bytes) {
  return sum_demand(platform.devices[1].architecture, tensors, bytes / 2, 2).time_s();
}

}  // namespace

TEST(RootedFormulas, AlongATreeOnASwitch) {
  const double L = 2 * latency_s, B = link_Bps;
  for (const std::size_t n : {2, 3, 4, 5, 8}) {
    const PlatformSpec platform = Networks(n).on_a_switch(first_devices(n), link_Bps).platform;
    const double rounds = std::ceil(std::log2(static_cast<double>(n)));
    const auto all = first_devices(n);
    // To one it is a transfer.
    if (n > 2) expect_s(rounds * (L + S / B), platform, of(Collective::Broadcast, all), "binomial_tree");
    expect_s(rounds * (L + S / B + sum_s(platform, 2, S)), platform, of(Collective::Reduce, all), "binomial_tree");
  }
  for (const std::size_t n : {2, 4, 8}) {
    const PlatformSpec platform = Networks(n).on_a_switch(first_devices(n), link_Bps).platform;
    // Shares of 1, 2, 4 … n-ths.
    const auto devices = static_cast<double>(n);
    expect_s(std::log2(devices) * L + (devices - 1) / devices * S / B, platform,
             of(Collective::Gather, first_devices(n)), "binomial_tree");
  }
}

TEST(RootedFormulas, OnASwitchOfFour) {
  const PlatformSpec platform = Networks(4).on_a_switch(first_devices(4), link_Bps).platform;
  const auto all = first_devices(4);
  const double L = 2 * latency_s, B = link_Bps;
  expect_s(L + 3 * S / B, platform, of(Collective::Broadcast, all), "direct");
  expect_s(S / up + S / down, platform, of(Collective::Broadcast, all), "host");
  // A third to each, then two thirds to each.
  expect_s(2 * L + S / B + 2 * S / 3 / B, platform, of(Collective::Broadcast, all), "scatter_gather");
  expect_s(L + 3 * S / 4 / B, platform, of(Collective::Gather, all), "direct");
  expect_s(S / 4 / up + 3 * S / 4 / down, platform, of(Collective::Gather, all), "host");
  expect_s(L + 3 * S / B + sum_s(platform, 4, S), platform, of(Collective::Reduce, all), "direct");
  const double host_sum_s = sum_demand(platform.devices[0].architecture, 4, S / 2, 2).time_s();
  expect_s(S / up + host_sum_s + S / down, platform, of(Collective::Reduce, all), "host");
  expect_s(2 * (L + 3 * S / 4 / B) + sum_s(platform, 4, S / 4), platform, of(Collective::Reduce, all),
           "scatter_gather");
}

/// Of those that several have, each serves its part.
TEST(RootedFormulas, OfSeveralThatHaveIt) {
  const PlatformSpec platform = Networks(8).on_a_switch(first_devices(8), link_Bps).platform;
  RootedCollective what = of(Collective::Broadcast, first_devices(8));
  what.shares[1] = 1;
  const double L = 2 * latency_s, B = link_Bps;
  expect_s(2 * (L + S / B), platform, what, "binomial_tree");
  expect_s(L + 3 * S / B, platform, what, "direct");
}

TEST(RootedChoice, IsTheCheapestOfAllThatServe) {
  const std::vector<PlatformSpec> machines{star(5), star(5, false, true), star(5, true),
                                           Networks(5).on_a_switch(first_devices(5), link_Bps).platform,
                                           Networks(5).in_a_ring(first_devices(5)).platform};
  for (const PlatformSpec& machine : machines)
    for (const Collective collective : {Collective::Broadcast, Collective::Gather, Collective::Reduce})
      for (const DeviceIndex root : {DeviceIndex{1}, host_device})
        for (double bytes = 2; bytes < 1e10; bytes *= 10) {
          RootedCollective what = of(collective, first_devices(5));
          if (root == host_device) {
            what.devices.insert(what.devices.begin(), root);
            what.shares.insert(what.shares.begin(), collective == Collective::Broadcast ? 1 : 0);
            if (collective == Collective::Broadcast) what.shares[1] = 0;
          }
          double least_s = HUGE_VAL;
          for (const std::string& name : collective_algorithm_names()) {
            const RootedPlan plan = plan_of(machine, what, name, bytes);
            if (plan.algorithm->name() == name) least_s = std::min(least_s, plan.time_s);
          }
          EXPECT_DOUBLE_EQ(least_s, plan_of(machine, what, "", bytes).time_s) << name_of(collective) << bytes;
        }
}

TEST(RootedChoice, ABroadcastToOneIsATransfer) {
  const PlatformSpec platform = Networks(2).on_a_switch(first_devices(2), link_Bps).platform;
  EXPECT_EQ("direct", plan_of(platform, of(Collective::Broadcast, {1, 2}), "host").algorithm->name());
}

TEST(RootedTasks, ATreeIsSentInRounds) {
  TaskBench bench(star(4, /*mesh=*/true));
  bench.fixed = fixed(Collective::Broadcast, "binomial_tree");
  bench.mapping.set(Name("first"), on({1}));
  bench.mapping.common().set_default(on({1, 2, 3, 4}));
  bench.plan({linear("first", 8, 100, 100), linear("up", 8, 100, 400, {0})});
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("A>B 1600", "A>C 1600", "B>D 1600"));
  EXPECT_NEAR(bench.event_end_s(0) + 2 * 1600 / 20e9 + bench.tasks.back().end_s - bench.tasks.back().start_s,
              bench.event_end_s(1), 1e-15);
}

/// Each device is sent what the others have of its share, and adds that up: of n tensors n − 1 in all.
TEST(RootedTasks, UnevenSharesOfAReduceScatterConserveBytes) {
  const std::vector<double> shares{0.25, 0.05, 0.1, 0.1, 0.2, 0.15, 0, 0.15};
  for (const char* const name : {"direct", "ring", "two_way_ring", "halving_doubling", "hierarchical"}) {
    PlatformSpec platform = Networks(8)
                                .on_a_switch({1, 2, 3, 4}, fast_Bps)
                                .on_a_switch({5, 6, 7, 8}, fast_Bps)
                                .on_a_switch(first_devices(8), slow_Bps)
                                .platform;
    const CollectiveTable table(platform, {first_devices(8)}, 2, only(name));
    TaskMaker maker(Schedule::Dataflow);
    std::vector<Task> tasks;
    maker.begin(tasks);
    Transfers transfers(platform, maker, 1);
    Collectives collectives(transfers, table, nullptr);
    Value sum;
    sum.layout = Layout::Partial;
    sum.devices = first_devices(8);
    sum.bytes = S;
    sum.made.resize(8);
    collectives.reduce_scatter(sum, shares);
    double moved_B = 0;
    double flop = 0;
    std::map<DeviceIndex, double> received_B;
    for (const Task& task : tasks) {
      if (task.kind == Task::Kind::Transfer) {
        moved_B += task.bytes;
        received_B[platform.routes[task.route].to.front()] += task.bytes;
      }
      if (task.kind == Task::Kind::Compute) flop += task.demand[0].flop;
    }
    EXPECT_NEAR(7 * S, moved_B, 1e-9 * S) << name;
    EXPECT_NEAR(7 * S / 2, flop, 1e-9 * S) << name;
    if (std::string(name) != "direct") continue;
    for (std::size_t i = 0; i < 8; ++i) EXPECT_NEAR(7 * shares[i] * S, received_B[i + 1], 1e-9 * S) << i;
  }
}

}  // namespace upmem_des::test
