/// Tokens of several groups of devices on their way to experts, and back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "task_bench.hpp"

using namespace upmem_des;
using test::linear;
using test::on;
using test::star;
using test::TaskBench;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

namespace {

/// Each device has one link into a switch and one out of it, of 20 GB/s.
PlatformSpec switched(std::size_t devices) {
  PlatformSpec platform = star(devices);
  const auto link = [&](DeviceIndex device, const char* direction) {
    LinkSpec spec;
    spec.name = platform.devices[device].name + direction;
    spec.bandwidth_Bps = 20e9;
    spec.role = LinkRole::DeviceToDevice;
    platform.links.push_back(spec);
    return platform.links.size() - 1;
  };
  std::vector<LinkIndex> up(devices + 1), down(devices + 1);
  for (DeviceIndex device = 1; device <= devices; ++device) {
    up[device] = link(device, "-up");
    down[device] = link(device, "-down");
  }
  for (DeviceIndex from = 1; from <= devices; ++from)
    for (DeviceIndex to = 1; to <= devices; ++to)
      if (from != to) platform.routes.push_back({from, {to}, {up[from], down[to]}});
  return platform;
}

MapTarget grid(std::vector<DeviceIndex> devices, std::size_t replicas) {
  MapTarget target = on(std::move(devices));
  target.replicas = replicas;
  return target;
}

MapTarget experts_on(const std::vector<DeviceIndex>& devices, std::size_t groups) {
  MapTarget target = on(devices, Split::Experts);
  const std::size_t size = devices.size() / groups;
  for (std::size_t i = 0; i < groups; ++i) {
    Spread& group = target.expert_groups.emplace_back();
    group.devices.assign(devices.begin() + static_cast<std::ptrdiff_t>(i * size),
                         devices.begin() + static_cast<std::ptrdiff_t>((i + 1) * size));
  }
  return target;
}

/// Has every device do all of it.
LayerEvent norm(const char* name, std::int64_t rows, std::vector<std::int64_t> deps) {
  LayerEvent event = test::layer(name, {rows, 10}, {rows, 10});
  event.type = Name("LlamaRMSNorm");
  event.weight_shape.reset();
  event.deps = std::move(deps);
  return event;
}

/// A norm of `tokens` rows of 10 two-byte numbers; experts with the given rows, w1 and w2 each; sometimes a shared
/// expert, up and down, of all rows; the next norm.
std::vector<LayerEvent> mixture(std::int64_t tokens, const std::vector<std::int64_t>& rows, bool shared = false) {
  std::vector<LayerEvent> events{norm("norm", tokens, {})};
  std::vector<std::int64_t> ends;
  for (std::size_t e = 0; e < rows.size(); ++e) {
    const auto seq = static_cast<std::int64_t>(events.size());
    events.push_back(linear("w1", rows[e], 10, 20, {0}));
    events.push_back(linear("w2", rows[e], 20, 10, {seq}));
    for (const std::int64_t i : {0, 1}) events[static_cast<std::size_t>(seq + i)].experts = {static_cast<int>(e)};
    ends.push_back(seq + 1);
  }
  if (shared) {
    const auto seq = static_cast<std::int64_t>(events.size());
    events.push_back(linear("up", tokens, 10, 20, {0}));
    events.push_back(linear("down", tokens, 20, 10, {seq}));
    ends.push_back(seq + 1);
  }
  events.push_back(norm("next", tokens, ends));
  return events;
}

const std::vector<DeviceIndex> all{1, 2, 3, 4};

/// Every event on `others`, but those of experts.
class Bench : public TaskBench {
 public:
  Bench(const PlatformSpec& platform, const MapTarget& others, const MapTarget& experts) : TaskBench(platform) {
    fixed.fill("direct");
    mapping.common().set_default(others);
    mapping.common().set_experts(experts);
  }
};

}  // namespace

// T = 8 tokens of k = 2 experts each, evenly routed; rows of 20 bytes; tp 2 x dp 2 = n = 4 devices. Of what is routed
// to an expert the other group has half, and its device in the same place sends that: T · k / n · (1 - 1/dp) = 8 · 2 /
// 4 / 2 = 2 rows from each device. Back go T · k / n = 4 rows from each, of which all but those of its own quarter of
// the tokens move: 4 · (1 - 1/n) = 3 rows; and then each group of T / dp = 4 tokens gathers halves: 2 rows from each
// device.
TEST(ExpertParallel, OverAGridTokensGoToExpertsAndBackWithoutAHub) {
  Bench bench(switched(4), grid(all, 2), on(all, Split::Experts));
  bench.plan(mixture(8, {4, 4, 4, 4}));
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("C>A 40"));
  EXPECT_THAT(bench.transfers_of(3), ElementsAre("D>B 40"));
  EXPECT_THAT(bench.transfers_of(5), ElementsAre("A>C 40"));
  EXPECT_THAT(bench.transfers_of(7), ElementsAre("B>D 40"));
  for (const std::size_t down : {2, 4, 6, 8}) EXPECT_THAT(bench.transfers_of(down), IsEmpty());
  EXPECT_THAT(bench.transfers_of(9), ElementsAre("direct over A+B+C+D 60", "direct over A+B 40", "direct over C+D 40"));
}

// Where every pair has a link of its own, all rows of a group go to both of its devices in the time of 2 rows.
TEST(ExpertParallel, RowsGoToAllOfAGroupWhereThatIsFaster) {
  Bench bench(star(4, /*mesh=*/true), grid(all, 2), on(all, Split::Experts));
  bench.plan(mixture(8, {4, 4, 4, 4}));
  EXPECT_THAT(bench.transfers_of(9), UnorderedElementsAre("A>B 40", "A>C 40", "A>D 40", "B>A 40", "B>C 40", "B>D 40",
                                                          "C>A 40", "C>B 40", "C>D 40", "D>A 40", "D>B 40", "D>C 40"));
}

// Five rows on groups of 2 and 3; one expert has all, on A. B gets a half of 2 rows, C and D of 3 rows; each then sends
// its half to its neighbour.
TEST(ExpertParallel, UnevenRowsAreThoseOfTheirGroup) {
  Bench bench(star(4, /*mesh=*/true), grid(all, 2), on(all, Split::Experts));
  bench.plan(mixture(5, {5, 0, 0, 0}));
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("C>A 60"));
  EXPECT_DOUBLE_EQ(0, bench.moved_B(3, 4));
  EXPECT_THAT(bench.transfers_of(9),
              ElementsAre("A>B 20", "A>C 30", "A>D 30", "direct over A+B 20", "direct over C+D 30"));
}

// Of 1 row the first group has none: nothing goes there.
TEST(ExpertParallel, AGroupWithoutRowsIsSentNone) {
  Bench bench(switched(4), grid(all, 2), on(all, Split::Experts));
  bench.plan(mixture(1, {1, 0, 0, 0}));
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("C>A 20"));
  EXPECT_DOUBLE_EQ(0, bench.moved_B(1, 2));
  EXPECT_THAT(bench.transfers_of(9), ElementsAre("A>C 10", "A>D 10", "direct over C+D 10"));
}

// Experts on devices of their own: E and F. Each is sent its rows by the device of each group that is in its place (E
// is device 5: place 1), and sends them back to all of the group.
TEST(ExpertParallel, ExpertsMayBeOnOtherDevices) {
  Bench bench(star(6, /*mesh=*/true), grid(all, 2), on({5, 6}, Split::Experts));
  bench.plan(mixture(8, {4, 4}));
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("B>E 40", "D>E 40"));
  EXPECT_THAT(bench.transfers_of(3), ElementsAre("A>F 40", "C>F 40"));
  EXPECT_THAT(bench.transfers_of(5),
              UnorderedElementsAre("E>A 40", "E>B 40", "E>C 40", "E>D 40", "F>A 40", "F>B 40", "F>C 40", "F>D 40"));
}

// Expert groups -----------------------------------------------------------------------------------------------------

TEST(ExpertGroups, ShareTheColumnsOfTheirExperts) {
  Bench bench(switched(4), on(all), experts_on(all, 2));
  bench.plan(mixture(8, {4, 4, 4, 4}));
  EXPECT_EQ("A+B", bench.events[1].devices);
  EXPECT_EQ("C+D", bench.events[3].devices);
  EXPECT_EQ("A+B", bench.events[5].devices);
  // Half of the columns of w1 [10, 20], and then half of the rows of w2: 2 · 4 · 10 · 10 flop on each device.
  for (const std::size_t i : {1, 2}) EXPECT_DOUBLE_EQ(800, bench.events[i].tasks.front().demand[0].flop) << i;
  // Everyone has all tokens, and a share of the sum: one all-reduce of 8 · 20 bytes, 3/4 of it over each link twice.
  for (const std::size_t i : {1, 2, 3, 4, 5, 6, 7, 8}) EXPECT_THAT(bench.transfers_of(i), IsEmpty()) << i;
  EXPECT_THAT(bench.transfers_of(9), ElementsAre("direct over A+B+C+D 120", "direct over A+B+C+D 120"));
}

// tp 2 x dp 2, ep 2: an expert's group is a group of tokens. It has half of its rows; the other half comes to each of
// its devices from the one in the same place.
TEST(ExpertGroups, OfAGridGetTheRowsThatTheyLack) {
  Bench bench(switched(4), grid(all, 2), experts_on(all, 2));
  bench.plan(mixture(8, {4, 4, 4, 4}));
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("C>A 40", "D>B 40"));
  EXPECT_THAT(bench.transfers_of(3), ElementsAre("A>C 40", "B>D 40"));
  // Each has a partial sum of 8 rows, of which a quarter is for each: a reduce-scatter of 160 bytes takes as much as
  // the exchange of 8 rows from each, and less than sums in each group first, 80, and an exchange of their halves, 60.
  EXPECT_THAT(bench.transfers_of(9),
              ElementsAre("direct over A+B+C+D 120", "direct over A+B 40", "direct over C+D 40"));
}

// With k = 1 expert a token its two devices have partial sums of 4 rows, of which 3/4 go to others: 60 bytes. Sums in
// each group first, 80/2, and an exchange of their halves, 30, are more.
TEST(ExpertGroups, ExchangeRowsWhereTheseAreFew) {
  Bench bench(switched(4), grid(all, 2), experts_on(all, 2));
  bench.plan(mixture(8, {4, 4, 0, 0}));
  EXPECT_THAT(bench.transfers_of(9), ElementsAre("direct over A+B+C+D 60", "direct over A+B 40", "direct over C+D 40"));
}

// Fast links in each expert's group, slow ones between and to the host: what is sent between groups is added first,
// 80/2 over fast links, so that each pair of slow ones has 10 bytes in place of 20.
TEST(ExpertGroups, AddUpBeforeTheyExchangeRowsOverSlowLinks) {
  PlatformSpec platform = star(4, /*mesh=*/true);
  for (LinkSpec& link : platform.links)
    if (link.role != LinkRole::DeviceToDevice || (link.name[0] <= 'B') != (link.name[2] <= 'B'))
      link.bandwidth_Bps = 1e9;
  Bench bench(platform, on(all, Split::Replicas), experts_on(all, 2));
  bench.plan(mixture(8, {4, 4, 0, 0}));
  EXPECT_THAT(bench.transfers_of(9), ElementsAre("direct over A+B 40", "direct over C+D 40", "direct over A+B+C+D 10"));
}

// A has all 8 tokens. To send 4 rows to each of four devices takes its link as long as 16 rows; a quarter to each, and
// three more from the others, as long as 7.
TEST(ExpertGroups, GatherSharesOfTheirRowsWhereThatIsFaster) {
  Bench bench(switched(5), on({1}), experts_on({2, 3, 4, 5}, 1));
  bench.plan(mixture(8, {4, 4}));
  EXPECT_THAT(bench.transfers_of(1), ElementsAre("A>B 20", "A>C 20", "A>D 20", "A>E 20", "direct over B+C+D+E 60"));
}

// Shared experts ----------------------------------------------------------------------------------------------------

TEST(SharedExperts, AreAddedToTheOthersInOneSum) {
  for (const std::size_t groups : {1, 2, 4}) {
    Bench bench(switched(4), on(all), groups == 4 ? on(all, Split::Experts) : experts_on(all, groups));
    bench.plan(mixture(8, {4, 4, 4, 4}, /*shared=*/true));
    EXPECT_THAT(bench.transfers_of(11), ElementsAre("direct over A+B+C+D 120", "direct over A+B+C+D 120")) << groups;
  }
}

// Experts as the grid: w1 and w2 of each expert in both groups, on its rows.
TEST(SharedExperts, OfAGridAreAddedInTheirGroup) {
  Bench bench(switched(4), grid(all, 2), grid(all, 2));
  bench.plan(mixture(8, {4, 4, 4, 4}, /*shared=*/true));
  // An all-reduce of 4 rows, 80 bytes, in each group: half of it over each link twice.
  EXPECT_THAT(bench.transfers_of(11),
              ElementsAre("direct over A+B 40", "direct over A+B 40", "direct over C+D 40", "direct over C+D 40"));
}

TEST(SharedExperts, OfReplicasDoNotMove) {
  Bench bench(switched(4), on(all, Split::Replicas), on(all, Split::Experts));
  bench.plan(mixture(8, {4, 4, 4, 4}, /*shared=*/true));
  EXPECT_THAT(bench.transfers_of(9), IsEmpty());
  EXPECT_THAT(bench.transfers_of(10), IsEmpty());
  EXPECT_THAT(bench.transfers_of(11), ElementsAre("direct over A+B+C+D 60"));
}

// tp 2 x dp 2, ep 4: its own group's sum for what is shared, and the exchange of rows.
TEST(SharedExperts, GoWithTheSplitOfTheirGroup) {
  Bench bench(switched(4), grid(all, 2), on(all, Split::Experts));
  bench.plan(mixture(8, {4, 4, 4, 4}, /*shared=*/true));
  EXPECT_THAT(bench.transfers_of(11),
              ElementsAre("direct over A+B+C+D 60", "direct over A+B 40", "direct over C+D 40", "direct over A+B 40",
                          "direct over A+B 40", "direct over C+D 40", "direct over C+D 40"));
}

// Experts 0 and 2 are on A, 1 and 3 on B; tokens lie on both. What B sends A for two experts is one message: the
// latency of their way, 1 us twice, passes with its first rows, and the rest follow at once.
TEST(ExpertParallel, ADispatchFromOneDeviceToAnotherPaysItsLatencyOnce) {
  PlatformSpec platform = switched(2);
  for (LinkSpec& link : platform.links)
    if (link.role == LinkRole::DeviceToDevice) link.latency_s = 1e-6;
  MapTarget replicas = on({1, 2}, Split::Replicas);
  Bench bench(platform, replicas, on({1, 2}, Split::Experts));
  bench.plan(mixture(40000, {20000, 20000, 20000, 20000}));
  std::vector<double> latencies_s;
  for (const std::size_t up : {1, 3, 5, 7})
    for (const Task& task : bench.events[up].tasks)
      if (task.kind == Task::Kind::Transfer) latencies_s.push_back(task.latency_s);
  EXPECT_THAT(latencies_s, ElementsAre(2e-6, 2e-6, 0, 0));
  EXPECT_DOUBLE_EQ(2 * 10000 * 20, bench.moved_B(2, 1));
}
