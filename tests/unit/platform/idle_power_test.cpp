#include "platform/idle_power.hpp"

#include <gtest/gtest.h>

#include "small_machine.hpp"

using namespace upmem_des;

namespace {

TEST(IdlePower, IsThatOfAllDevicesAndOfOneHost) {
  PlatformSpec platform = small_machine(false);
  EXPECT_EQ(idle_W(platform), 0);
  ASSERT_EQ(platform.devices.size(), 2U);
  platform.devices[host_device].architecture.idle_W = 10;
  platform.devices[1].architecture.idle_W = 4;
  EXPECT_EQ(idle_W(platform), 14);
  EXPECT_EQ(idle_W(platform, 3), 22);  // 10 + 3 x 4
}

}  // namespace
