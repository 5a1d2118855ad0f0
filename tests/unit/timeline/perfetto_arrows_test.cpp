#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "timeline/perfetto/arrow_sources.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr DeviceIndex a = 1;
constexpr DeviceIndex b = 2;

/// Names slices by the ids of their activities.
class Arrows {
 public:
  std::vector<std::int64_t> compute(std::int64_t id, std::int64_t seq, DeviceIndex device,
                                    std::vector<std::int64_t> deps = {}, const char* purpose = "") {
    const ActivityRecord record = make(id, seq, std::move(deps), purpose, device);
    const auto found = ids(sources.of_compute(record));
    sources.add_compute(record, {id, {}, 0, 0});
    return found;
  }
  std::vector<std::int64_t> transfer(std::int64_t id, std::int64_t seq, DeviceIndex from, std::vector<DeviceIndex> to,
                                     const char* purpose = "input", std::vector<std::int64_t> deps = {}) {
    const ActivityRecord record = make(id, seq, std::move(deps), purpose, 0);
    const auto found = ids(sources.of_transfer(record, from));
    sources.add_transfer(record, {from, std::move(to), {}}, {id, {}, 0, 0});
    return found;
  }
  std::vector<std::int64_t> result(DeviceIndex from) {
    ActivityRecord record;
    record.kind = ActivityKind::Transfer;
    return ids(sources.of_transfer(record, from));
  }

  ArrowSources sources;

 private:
  ActivityRecord make(std::int64_t id, std::int64_t seq, std::vector<std::int64_t> deps, const char* purpose,
                      std::size_t stream) {
    event_.seq = seq;
    event_.deps = std::move(deps);
    ActivityRecord record;
    record.id = id;
    record.event = &event_;
    record.purpose = purpose;
    record.stream = stream;
    return record;
  }
  static std::vector<std::int64_t> ids(const std::vector<DrawnSlice>& slices) {
    std::vector<std::int64_t> found;
    for (const DrawnSlice& slice : slices) found.push_back(slice.activity);
    return found;
  }

  LayerEvent event_;
};

TEST(PerfettoArrows, FromTheEventBefore) {
  Arrows arrows;
  EXPECT_THAT(arrows.compute(100, 0, a), IsEmpty());
  EXPECT_THAT(arrows.compute(101, 1, a), ElementsAre(100));
  EXPECT_THAT(arrows.compute(102, 2, a), ElementsAre(101));
}

TEST(PerfettoArrows, FromTheEventsThatItDependsOn) {
  Arrows arrows;
  arrows.compute(100, 0, a);
  arrows.compute(101, 1, a);
  arrows.compute(102, 2, a);
  EXPECT_THAT(arrows.compute(103, 3, a, {0, 2, 0}), ElementsAre(100, 102));
}

TEST(PerfettoArrows, FromTheSameDeviceElseFromTheFirst) {
  Arrows arrows;
  arrows.compute(100, 0, a);
  arrows.compute(101, 0, b);
  EXPECT_THAT(arrows.compute(102, 1, b), ElementsAre(101));
  EXPECT_THAT(arrows.compute(103, 1, host_device), ElementsAre(100));
}

TEST(PerfettoArrows, ByWayOfATransfer) {
  Arrows arrows;
  arrows.compute(100, 0, a);
  EXPECT_THAT(arrows.transfer(200, 1, a, {b}), ElementsAre(100));
  EXPECT_THAT(arrows.compute(101, 1, b), ElementsAre(200));
  EXPECT_THAT(arrows.compute(102, 2, b), ElementsAre(101));
}

TEST(PerfettoArrows, ByWayOfTheHost) {
  Arrows arrows;
  arrows.compute(100, 0, a);
  EXPECT_THAT(arrows.transfer(200, 1, a, {host_device}), ElementsAre(100));
  EXPECT_THAT(arrows.transfer(201, 1, host_device, {b}), ElementsAre(200));
  EXPECT_THAT(arrows.compute(101, 1, b), ElementsAre(201));
}

TEST(PerfettoArrows, AnOutputIsSentOnByTheNextEvent) {
  Arrows arrows;
  arrows.compute(100, 0, a);
  EXPECT_THAT(arrows.transfer(200, 0, a, {host_device}, "output"), ElementsAre(100));
  EXPECT_THAT(arrows.transfer(201, 1, host_device, {b}), ElementsAre(200));
  EXPECT_THAT(arrows.compute(101, 1, b), ElementsAre(201));
}

TEST(PerfettoArrows, BroadcastAndSumOnTheHost) {
  Arrows arrows;
  arrows.compute(100, 0, host_device);
  EXPECT_THAT(arrows.transfer(200, 1, host_device, {a, b}), ElementsAre(100));
  EXPECT_THAT(arrows.compute(101, 1, a), ElementsAre(200));
  EXPECT_THAT(arrows.compute(102, 1, b), ElementsAre(200));
  EXPECT_THAT(arrows.transfer(201, 1, a, {host_device}, "all-reduce"), ElementsAre(101));
  EXPECT_THAT(arrows.transfer(202, 1, b, {host_device}, "all-reduce"), ElementsAre(102));
  EXPECT_THAT(arrows.compute(103, 1, host_device, {}, "sum"), ElementsAre(201, 202));
  EXPECT_THAT(arrows.transfer(203, 1, host_device, {a, b}, "all-reduce"), ElementsAre(103));
  EXPECT_THAT(arrows.compute(104, 2, a), ElementsAre(203));
}

TEST(PerfettoArrows, AnInputDoesNotComeFromTheEventsOwnWork) {
  Arrows arrows;
  arrows.compute(100, 0, a);
  arrows.compute(101, 1, a);
  EXPECT_THAT(arrows.transfer(200, 1, a, {b}), ElementsAre(100));
}

TEST(PerfettoArrows, PiecesOfOneEventShareNoArrow) {
  Arrows arrows;
  arrows.compute(100, 0, a);
  arrows.transfer(200, 1, a, {b});
  EXPECT_THAT(arrows.compute(101, 1, b), ElementsAre(200));
  arrows.transfer(201, 1, a, {b});
  EXPECT_THAT(arrows.compute(102, 1, b), ElementsAre(201));
  EXPECT_THAT(arrows.compute(103, 2, b), ElementsAre(102));
  EXPECT_THAT(arrows.compute(104, 2, b), IsEmpty());
}

TEST(PerfettoArrows, TheEndOfTheRun) {
  Arrows arrows;
  EXPECT_THAT(arrows.result(a), IsEmpty());
  arrows.compute(100, 0, a);
  arrows.compute(101, 1, b);
  EXPECT_THAT(arrows.result(a), ElementsAre(100));
  EXPECT_THAT(arrows.result(b), ElementsAre(101));
}

TEST(PerfettoArrows, OnlyTheLatestEventsAreRemembered) {
  Arrows arrows;
  for (std::int64_t seq = 0; seq < 5000; ++seq) arrows.compute(seq, seq, a);
  EXPECT_EQ(4096U, arrows.sources.events());
  EXPECT_THAT(arrows.compute(5000, 5000, a, {903}), IsEmpty());
  EXPECT_THAT(arrows.compute(5001, 5001, a, {906}), ElementsAre(906));
}

TEST(PerfettoArrows, AWideMachineRemembersFewerEvents) {
  Arrows arrows;
  std::vector<DeviceIndex> all(1000);
  for (DeviceIndex i = 0; i < all.size(); ++i) all[i] = i + 1;
  for (std::int64_t seq = 0; seq < 200; ++seq) {
    arrows.transfer(seq, seq, host_device, all);
    EXPECT_LE(arrows.sources.slices(), 131'072U);
  }
  EXPECT_EQ(65U, arrows.sources.events());  // of 1000 places and 1000 transfers that wait, each
  EXPECT_EQ(130'000U, arrows.sources.slices());
}

}  // namespace
}  // namespace upmem_des
