/// When caches arrive, and what their links carry. Worked by hand.
#include "service/cache_transfers.hpp"
#include "upmem_des/platform/platform_spec.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

namespace upmem_des {
namespace {

/// HOST, and three devices, each with a link of 10 B/s up and one of 5 B/s down, of 1 s and 2 s; 3 J and 7 J a byte.
PlatformSpec star() {
  PlatformSpec platform;
  platform.devices.resize(4);
  for (DeviceIndex device = 1; device < 4; ++device) {
    LinkSpec up, down;
    up.bandwidth_Bps = 10;
    up.latency_s = 1;
    up.power_W = 30;
    down.bandwidth_Bps = 5;
    down.latency_s = 2;
    down.power_W = 35;
    const LinkIndex first = platform.links.size();
    platform.links.push_back(up);
    platform.links.push_back(down);
    platform.devices[device].to_host = platform.routes.size();
    platform.routes.push_back({device, {host_device}, {first}});
    platform.devices[device].from_host = platform.routes.size();
    platform.routes.push_back({host_device, {device}, {first + 1}});
  }
  return platform;
}

class CacheTransfersTest : public testing::Test {
 protected:
  /// Arrivals by transfer.
  std::map<std::size_t, double> run() {
    std::map<std::size_t, double> at_s;
    while (std::isfinite(transfers_.next_s())) {
      const double now_s = transfers_.next_s();
      transfers_.happen(now_s, [&](std::size_t transfer) { at_s[transfer] = now_s; });
    }
    return at_s;
  }

  const PlatformSpec platform_ = star();
  MachineWindows windows_{4, 6, {}};
  CacheTransfers transfers_{platform_, windows_, false};
};

TEST_F(CacheTransfersTest, GoesByWayOfTheHost) {
  const std::vector<SentShare> shares{{1, 2, 100}};
  EXPECT_DOUBLE_EQ(transfers_.energy_J(shares), 100 * (3 + 7));
  transfers_.begin(shares, 0, 4, 4);
  // 4 + 1 + 100 / 10 + 2 + 100 / 5.
  EXPECT_DOUBLE_EQ(run().at(0), 37);
  EXPECT_EQ(transfers_.under_way(), 0u);
  const Window window = windows_.take(37);
  EXPECT_DOUBLE_EQ(window.links_B[0], 100);
  EXPECT_DOUBLE_EQ(window.links_B[3], 100);
  EXPECT_DOUBLE_EQ(window.links_B[1], 0);
}

TEST_F(CacheTransfersTest, TwoShareALink) {
  transfers_.begin({{1, 0, 100}}, 0, 0, 0);
  transfers_.begin({{1, 0, 40}}, 0, 4, 4);
  // The first moves 40 bytes alone from 1 to 5; then each has 5 B/s: the second ends at 5 + 40 / 5 = 13, when the first
  // has 60 - 40 = 20 left, at 10 B/s.
  const auto at_s = run();
  EXPECT_DOUBLE_EQ(at_s.at(1), 13);
  EXPECT_DOUBLE_EQ(at_s.at(0), 15);
  EXPECT_DOUBLE_EQ(windows_.take(15).links_B[0], 140);
}

TEST_F(CacheTransfersTest, LayersGoAheadOfTheLast) {
  // Three of four layers set out at 2 and are there at 2 + 1 + 75 / 10 = 10.5. The last is computed at 6 and sets out
  // when they have arrived: 10.5 + 1 + 2.5.
  transfers_.begin({{1, 0, 100}}, 0.75, 2, 6);
  EXPECT_DOUBLE_EQ(run().at(0), 14);
  // Where the last is computed long after that, only it is waited for: 20 + 1 + 2.5.
  transfers_.begin({{2, 0, 100}}, 0.75, 15, 30);
  EXPECT_DOUBLE_EQ(run().at(1), 33.5);
}

TEST_F(CacheTransfersTest, WindowsCutTransfers) {
  transfers_.begin({{1, 0, 100}}, 0, 0, 0);
  transfers_.happen(1, [](std::size_t) { FAIL(); });
  transfers_.draw(5);
  EXPECT_DOUBLE_EQ(windows_.take(5).links_B[0], 40);
  EXPECT_DOUBLE_EQ(run().at(0), 11);
  EXPECT_DOUBLE_EQ(windows_.take(11).links_B[0], 60);
}

TEST_F(CacheTransfersTest, NothingIsThereAtOnce) {
  transfers_.begin({{1, 2, 0}}, 0.5, 3, 8);
  EXPECT_DOUBLE_EQ(run().at(0), 8);
}

TEST(IdealCacheTransfers, TakeNoTime) {
  const PlatformSpec platform = star();
  MachineWindows windows(4, 6, {});
  CacheTransfers transfers(platform, windows, true);
  transfers.begin({{1, 2, 100}}, 0, 8, 8);
  std::size_t arrived = 0;
  transfers.happen(8, [&](std::size_t) { ++arrived; });
  EXPECT_EQ(arrived, 1u);
  EXPECT_EQ(transfers.energy_J({{1, 2, 100}}), 0);
}

}  // namespace
}  // namespace upmem_des
