#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <set>

#include "cost/sum_demand.hpp"
#include "plan/collectives/collective_algorithms.hpp"
#include "plan/collectives/collective_table.hpp"
#include "test_networks.hpp"

namespace upmem_des::test {

namespace {

using ::testing::ElementsAre;

// Those of test::device().
constexpr double flops = 1e12, memory = 100e9, down = 10e9, up = 5e9, mesh_Bps = 20e9;

/// How long a device adds `tensors` tensors of `bytes` bytes of two-byte numbers.
double sum_s(const PlatformSpec& platform, double tensors, double bytes) {
  return sum_demand(platform.devices[1].architecture, tensors, bytes / 2, 2).time_s();
}

/// The cost of the one algorithm of that name, if it serves.
std::optional<double> time_s(PlatformSpec platform, std::size_t n, const std::string& name, Collective collective,
                             double bytes) {
  const CollectiveTable table(platform, {first_devices(n)}, 2, only(name));
  const CollectivePlan& plan = table.choose(first_devices(n), collective, bytes);
  if (plan.algorithm->name() != name) return std::nullopt;
  return plan.time_s(bytes);
}

/// Of all algorithms that serve, by name.
std::map<std::string, double> all_times_s(const PlatformSpec& platform, std::size_t n, Collective collective,
                                          double bytes) {
  std::map<std::string, double> times_s;
  for (const std::string& name : collective_algorithm_names())
    if (const auto found = time_s(platform, n, name, collective, bytes)) times_s[name] = *found;
  return times_s;
}

double product_s(double rows, double in, double out) {
  return std::max(2 * rows * in * out / flops, 2 * in * out / memory);
}

struct Formula {
  const char* algorithm;
  Collective collective;
  double time_s;
};

constexpr double S = 1 << 20;

void expect_formulas(const PlatformSpec& platform, std::size_t n, const std::vector<Formula>& formulas) {
  for (const Formula& formula : formulas) {
    const auto found = time_s(platform, n, formula.algorithm, formula.collective, S);
    ASSERT_TRUE(found.has_value()) << formula.algorithm << " " << name_of(formula.collective);
    EXPECT_NEAR(formula.time_s, *found, 1e-9 * *found) << formula.algorithm << " " << name_of(formula.collective);
  }
}

}  // namespace

TEST(CollectiveFormulas, OnAMeshOfEight) {
  const PlatformSpec platform = Networks(8).fully_meshed(first_devices(8)).platform;
  const double L = latency_s, B = link_Bps;
  const double two = sum_s(platform, 2, S / 8), eight = sum_s(platform, 8, S / 8);
  expect_formulas(platform, 8,
                  {{"ring", Collective::AllGather, 7 * (L + S / 8 / B)},
                   {"ring", Collective::ReduceScatter, 7 * (L + S / 8 / B + two)},
                   {"ring", Collective::AllReduce, 14 * (L + S / 8 / B) + 7 * two},
                   {"two_way_ring", Collective::AllReduce, 14 * (L + S / 16 / B) + 7 * two},
                   // Each of its seven links carries one share.
                   {"direct", Collective::AllGather, L + S / 8 / B},
                   {"direct", Collective::ReduceScatter, L + S / 8 / B + eight},
                   {"direct", Collective::AllReduce, 2 * (L + S / 8 / B) + eight},
                   {"direct", Collective::AllToAll, L + S / 64 / B},
                   {"recursive_doubling", Collective::AllReduce, 3 * (L + S / B + sum_s(platform, 2, S))},
                   {"recursive_doubling", Collective::AllGather, 3 * L + 7 * S / 8 / B},
                   {"halving_doubling", Collective::AllReduce, 6 * L + 2 * 7 * S / 8 / B + 7 * two}});
}

TEST(CollectiveFormulas, OnASwitchOfFour) {
  const PlatformSpec platform = Networks(4).on_a_switch(first_devices(4), link_Bps).platform;
  // Up and down.
  const double L = 2 * latency_s, B = link_Bps;
  const double two = sum_s(platform, 2, S / 4), four = sum_s(platform, 4, S / 4);
  expect_formulas(platform, 4,
                  {{"ring", Collective::AllReduce, 6 * (L + S / 4 / B) + 3 * two},
                   // Both directions cross the same links.
                   {"two_way_ring", Collective::AllReduce, 6 * (L + S / 4 / B) + 3 * two},
                   {"direct", Collective::AllReduce, 2 * (L + 3 * S / 4 / B) + four},
                   {"direct", Collective::AllToAll, L + 3 * S / 16 / B},
                   {"halving_doubling", Collective::AllReduce, 4 * L + 2 * 3 * S / 4 / B + 3 * two}});
}

TEST(CollectiveFormulas, ByWayOfTheHost) {
  const PlatformSpec platform = star(4);
  const double host = sum_demand(platform.devices[0].architecture, 4, S / 2, 2).time_s();
  expect_formulas(
      platform, 4,
      {{"host", Collective::AllReduce, S / up + host + S / down},
       {"host", Collective::ReduceScatter, S / up + host + S / 4 / down},
       {"host", Collective::AllGather, S / 4 / up + 3 * S / 4 / down},
       {"host", Collective::AllToAll, 3 * S / 16 / up + 3 * S / 16 / down},
       {"relay", Collective::ReduceScatter, 3 * S / 4 / up + 3 * S / 4 / down + sum_s(platform, 4, S / 4)},
       {"relay", Collective::AllReduce, S / up + 2 * 3 * S / 4 / down + sum_s(platform, 4, S / 4)},
       // Both ways at once: the way up is the slower one, but for what is gathered.
       {"through_host", Collective::AllGather, 3 * S / 4 / down},
       {"through_host", Collective::AllToAll, 3 * S / 16 / up},
       {"through_host", Collective::ReduceScatter, 3 * S / 4 / up + sum_s(platform, 4, S / 4)},
       {"through_host", Collective::AllReduce, 3 * S / 4 / up + 3 * S / 4 / down + sum_s(platform, 4, S / 4)}});
  // Three tensors pass the host in all, at the rate of its memory at most.
  PlatformSpec slow = platform;
  slow.devices[0].architecture.memory.bandwidth_Bps = 1e9;
  expect_formulas(slow, 4, {{"through_host", Collective::AllGather, 3 * S / 1e9}});
  const PlatformSpec broadcasting = star(4, false, true);
  expect_formulas(broadcasting, 4,
                  {{"host", Collective::AllReduce, S / up + host + S / down},
                   {"host", Collective::AllGather, S / 4 / up + S / down}});
}

TEST(CollectiveFormulas, LevelByLevel) {
  // Two nodes of four: inside fast, between slow.
  Networks networks(8);
  networks.on_a_switch({1, 2, 3, 4}, fast_Bps)
      .on_a_switch({5, 6, 7, 8}, fast_Bps)
      .on_a_switch(first_devices(8), slow_Bps);
  const double L = 2 * latency_s;
  const PlatformSpec& platform = networks.platform;
  // Inside 3/4 of S each way, directly; then each pair of peers exchanges halves of its quarter.
  const double inside = L + 3 * S / 4 / fast_Bps;
  const double across = L + S / 8 / slow_Bps;
  const double four = sum_s(platform, 4, S / 4), two = sum_s(platform, 2, S / 8);
  expect_formulas(
      platform, 8,
      {{"hierarchical", Collective::AllReduce, 2 * (inside + across) + four + two},
       {"hierarchical", Collective::ReduceScatter, inside + across + four + two},
       {"hierarchical", Collective::AllGather, inside + across},
       // Three quarters stay outside of a device's place; then half of its quarter-and-quarter changes nodes.
       {"hierarchical", Collective::AllToAll, 2 * L + 3 * S / 32 / fast_Bps + S / 16 / slow_Bps}});
  EXPECT_EQ("hierarchical (direct, then direct)", CollectiveTable(networks.platform, {first_devices(8)}, 2)
                                                      .choose(first_devices(8), Collective::AllReduce, S)
                                                      .algorithm->title());
}

TEST(CollectiveFormulas, OfThreeLevels) {
  // Pairs in fours in eight.
  Networks networks(8);
  for (DeviceIndex i = 1; i < 8; i += 2) networks.on_a_switch({i, i + 1}, fast_Bps);
  networks.on_a_switch({1, 2, 3, 4}, link_Bps)
      .on_a_switch({5, 6, 7, 8}, link_Bps)
      .on_a_switch(first_devices(8), slow_Bps);
  const double L = 2 * latency_s;
  const double ways = 6 * L + S / fast_Bps + S / 2 / link_Bps + S / 4 / slow_Bps;
  double sums = 0;
  for (const double share : {2.0, 4.0, 8.0}) sums += sum_s(networks.platform, 2, S / share);
  expect_formulas(networks.platform, 8, {{"hierarchical", Collective::AllReduce, ways + sums}});
}

TEST(CollectiveChoice, IsTheCheapestAtEverySize) {
  const std::vector<PlatformSpec> machines{
      star(6),
      star(6, false, true),
      Networks(6).fully_meshed(first_devices(6)).platform,
      Networks(8).on_a_switch(first_devices(8), link_Bps).platform,
      Networks(8).in_a_ring(first_devices(8)).platform,
      Networks(8).on_a_switch({1, 2, 3, 4}, fast_Bps).on_a_switch({5, 6, 7, 8}, fast_Bps).platform,
      Networks(8)
          .on_a_switch({1, 2, 3, 4}, fast_Bps)
          .on_a_switch({5, 6, 7, 8}, fast_Bps)
          .on_a_switch(first_devices(8), slow_Bps)
          .platform};
  for (PlatformSpec machine : machines) {
    const std::size_t n = machine.devices.size() - 1;
    PlatformSpec own = machine;
    const CollectiveTable table(own, {first_devices(n)}, 2);
    for (const Collective collective : all_collectives)
      for (double bytes = 2; bytes < 1e10 && !has_root(collective); bytes *= 3) {
        const double chosen_s = table.choose(first_devices(n), collective, bytes).time_s(bytes);
        const auto times_s = all_times_s(machine, n, collective, bytes);
        EXPECT_FALSE(times_s.empty());
        double least_s = HUGE_VAL;
        for (const auto& [name, time_s] : times_s) least_s = std::min(least_s, time_s);
        EXPECT_DOUBLE_EQ(least_s, chosen_s) << name_of(collective) << " of " << bytes;
      }
  }
}

/// What topology studies agree on.
TEST(CollectiveChoice, FollowsTheTopology) {
  const auto name = [](PlatformSpec platform, std::size_t n, double bytes) {
    const CollectiveTable table(platform, {first_devices(n)}, 2);
    return table.choose(first_devices(n), Collective::AllReduce, bytes).algorithm->name();
  };
  const PlatformSpec on_switch = Networks(8).on_a_switch(first_devices(8), link_Bps).platform;
  // On a switch direct beats a ring at small sizes, where it has a seventh of the latencies.
  EXPECT_LT(*time_s(on_switch, 8, "direct", Collective::AllReduce, 4096),
            *time_s(on_switch, 8, "ring", Collective::AllReduce, 4096) / 3);
  // Fewest steps win where next to nothing moves.
  EXPECT_DOUBLE_EQ(
      2 * latency_s + 64 / link_Bps + sum_s(on_switch, 2, 64),
      *time_s(Networks(2).on_a_switch({1, 2}, link_Bps).platform, 2, "recursive_doubling", Collective::AllReduce, 64));
  const PlatformSpec ring = Networks(8).in_a_ring(first_devices(8)).platform;
  EXPECT_EQ("two_way_ring", name(ring, 8, 1e9));
  const PlatformSpec nodes = Networks(8)
                                 .on_a_switch({1, 2, 3, 4}, fast_Bps)
                                 .on_a_switch({5, 6, 7, 8}, fast_Bps)
                                 .on_a_switch(first_devices(8), slow_Bps)
                                 .platform;
  // Over nodes hierarchical beats flat, by what the slow links carry less.
  EXPECT_EQ("hierarchical", name(nodes, 8, 1e9));
  EXPECT_GT(*time_s(nodes, 8, "ring", Collective::AllReduce, 1e9),
            3 * *time_s(nodes, 8, "hierarchical", Collective::AllReduce, 1e9));
  EXPECT_EQ("through_host", name(star(6, false, true), 6, 1e9));
}

/// Bytes that arrive, of every algorithm: n devices, each of which has to receive what it lacks.
TEST(CollectiveBytes, AreThoseOfTheFormulas) {
  PlatformSpec platform = Networks(8)
                              .on_a_switch({1, 2, 3, 4}, fast_Bps)
                              .on_a_switch({5, 6, 7, 8}, fast_Bps)
                              .on_a_switch(first_devices(8), slow_Bps)
                              .platform;
  const std::map<std::pair<std::string, Collective>, double> expected{
      {{"ring", Collective::AllReduce}, 14},
      {{"two_way_ring", Collective::AllReduce}, 14},
      {{"direct", Collective::AllReduce}, 14},
      {{"halving_doubling", Collective::AllReduce}, 14},
      {{"recursive_doubling", Collective::AllReduce}, 24},
      {{"hierarchical", Collective::AllReduce}, 14},
      {{"ring", Collective::AllGather}, 7},
      {{"direct", Collective::AllGather}, 7},
      {{"hierarchical", Collective::AllGather}, 7},
      {{"direct", Collective::ReduceScatter}, 7},
      {{"hierarchical", Collective::ReduceScatter}, 7},
      {{"direct", Collective::AllToAll}, 7.0 / 8},
      // 3/4 of what is there changes places inside, then half of it nodes.
      {{"hierarchical", Collective::AllToAll}, 3.0 / 4 + 1.0 / 2}};
  for (const auto& [of, tensors] : expected) {
    PlatformSpec own = platform;
    const CollectiveTable table(own, {first_devices(8)}, 2, only(of.first));
    const CollectivePlan& plan = table.choose(first_devices(8), of.second, S);
    ASSERT_EQ(of.first, plan.algorithm->name());
    double arrives = 0;
    std::map<DeviceIndex, double> ends;
    for (const auto& stage : plan.transfers)
      for (const CollectivePlan::TeamTransfers& team : stage)
        for (const CollectivePlan::Transfer& transfer : team.transfers) {
          const RouteSpec& route = own.routes[transfer.route];
          arrives += transfer.share * route.arrives;
          for (const RouteSpec::End& end : route.ends) ends[end.device] += transfer.share * end.moved;
        }
    EXPECT_NEAR(tensors, arrives, 1e-12 * tensors) << of.first << " " << name_of(of.second);
    // Every byte is sent by one device and received by another; all do as much.
    for (const auto& [device, moved] : ends)
      EXPECT_NEAR(2 * tensors / 8, moved, 1e-12 * tensors) << of.first << " " << name_of(of.second) << device;
  }
}

TEST(CollectiveTasks, AnAllReduceIsOneTransferAWay) {
  TaskBench bench(star(4, /*mesh=*/true));
  bench.fixed = only("direct");
  bench.mapping.common().set_default(on({1, 2, 3, 4}));
  bench.plan({linear("up", 8, 100, 400), linear("down", 8, 400, 100, {0}), linear("norm", 8, 100, 100, {1})});
  EXPECT_THAT(bench.transfers_of(2), ElementsAre("direct over A+B+C+D 400", "direct over A+B+C+D 400"));
  const double B = 1600;
  const double sum = std::max(3 * 200 / flops, 5 * B / 4 / memory);
  // The input comes in quarters, which the devices gather.
  const double ready = B / 4 / down + B / 4 / mesh_Bps + 2 * product_s(8, 100, 100);
  EXPECT_NEAR(ready + 2 * B / 4 / mesh_Bps + sum + product_s(8, 100, 25), bench.event_end_s(2), 1e-15);
}

TEST(CollectiveTasks, UnevenSharesAreSentOneByOne) {
  TaskBench bench(star(3, /*mesh=*/true));
  bench.fixed = only("ring");
  bench.mapping.common().set_default(on({1, 2, 3}));
  LayerEvent norm = test::layer("norm", {8, 400}, {8, 400}, "LlamaRMSNorm");
  norm.deps = {0};
  bench.plan({linear("up", 8, 100, 400), norm});
  // 133, 133 and 134 columns of 8 two-byte numbers: each passes on what the next one lacks.
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("A>B 4272", "B>C 4256", "C>A 4272"));
}

TEST(CollectiveTasks, OneLaunchACollective) {
  for (const char* const name : {"ring", "halving_doubling", "direct"}) {
    PlatformSpec platform = star(4, /*mesh=*/true);
    for (DeviceSpec& device : platform.devices) device.architecture.launch_overhead_s = 1e-3;
    TaskBench bench(platform);
    bench.fixed = only(name);
    bench.mapping.common().set_default(on({1, 2, 3, 4}));
    bench.plan({linear("up", 8, 100, 400), linear("down", 8, 400, 100, {0}), linear("norm", 8, 100, 100, {1})});
    std::map<DeviceIndex, double> launches_s;
    for (const Task& task : bench.events[2].tasks)
      if (task.kind == Task::Kind::Compute && task.purpose[0] != '\0')
        launches_s[task.device] += task.demand[0].overhead_s;
    EXPECT_EQ(4U, launches_s.size());
    for (const auto& [device, launch_s] : launches_s) EXPECT_DOUBLE_EQ(1e-3, launch_s) << name << device;
  }
}

TEST(CollectiveTasks, ChunksPipelineACollective) {
  for (const std::int64_t n : {1, 2, 5}) {
    TaskBench bench(star(4, /*mesh=*/true));
    bench.fixed = only("direct");
    bench.rules.chunks = n;
    bench.mapping.common().set_default(on({1, 2, 3, 4}));
    bench.plan({linear("up", 8, 100, 400), linear("down", 8, 400, 100, {0}), linear("norm", 8, 100, 100, {1})});
    double bytes = 0;
    double flop = 0;
    std::size_t transfers = 0;
    for (const Task& task : bench.events[2].tasks) {
      if (task.kind == Task::Kind::Transfer) bytes += task.bytes;
      if (task.kind == Task::Kind::Transfer) ++transfers;
      if (task.kind == Task::Kind::Compute && task.purpose[0] != '\0') flop += task.demand[0].flop;
    }
    EXPECT_EQ(static_cast<std::size_t>(2 * n), transfers);
    EXPECT_DOUBLE_EQ(2 * 400, bytes);
    EXPECT_DOUBLE_EQ(4 * 3 * 200, flop);
  }
}

}  // namespace upmem_des::test
