#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/platform_writer.hpp"
#include "small_machine.hpp"

using namespace upmem_des;
using testing::HasSubstr;
using testing::Not;

TEST(PlatformTextTest, Whole) {
  EXPECT_EQ(
      platform_text(small_machine()),
      R"(device  count  architecture  TFLOP/s  arithmetic W  fixed-time W  memory GB/s  pJ/bit  memory W  capacity GB  idle W  active W  limit W
---------------------------------------------------------------------------------------------------------------------------------------
HOST        1  HOST                2           100            10          100      10         8            -       0         0        -
DEV         1  DEV                 5             2           0.2          200       1       1.6            -       0         0        -

link                count  devices  GB/s  duplex  latency ns  pJ/bit    W
-------------------------------------------------------------------------
DEV.host_to_device      1        1    10  full           700      80  6.4
DEV.device_to_host      1        1    40  full           700      20  6.4
)");
}

TEST(PlatformTextTest, SharedLinksRoutesAndNetworks) {
  PlatformSpec platform = four_modules();
  platform.devices[1].architecture.idle_W = 3;
  platform.devices[1].architecture.active_W = 2;
  platform.devices[1].architecture.power_limit_W = 12;
  // An upward ring link carries what its device sends to either of the next two, and what the device before it sends to
  // the next but one; a downward one carries its device's alone. A broadcast's latency is that of one way.
  EXPECT_EQ(platform_text(platform),
            R"(four modules

device        count  architecture  TFLOP/s  arithmetic W  fixed-time W  memory GB/s  pJ/bit  memory W  capacity GB  idle W  active W  limit W
---------------------------------------------------------------------------------------------------------------------------------------------
HOST              1  HOST                2           100            10          100      10         8            -       0         0        -
module[0..3]      4  DEV                 5             2           0.2          200       1       1.6           16       3         2       12

link                          count  devices  GB/s  duplex  latency ns  pJ/bit     W
------------------------------------------------------------------------------------
channel[0..1].host_to_device      2        2    20  half             0       1  0.16
channel[0..1].device_to_host      2        2    20  half             0       1  0.16
board.host_to_device              1        4    30  full           100       0     0
board.device_to_host              1        4    50  full           100       0     0
module[0..3].host_to_device       4        1    10  full           700      80   6.4
module[0..3].device_to_host       4        1    40  full           700      20   6.4
peer[i-j]                         4        2    25  full            50       2   0.4
peer[i-j]                         4        1    25  full            50       2   0.4

route                  count  links  GB/s  latency ns  pJ/bit
-------------------------------------------------------------
HOST -> module             4      3    10         800      81
module -> HOST             4      3    20         800      21
HOST -> all of module      1      7    10         800     322
module -> module           8      1    25          50       2
module -> module           4      2    25         100       4
)");
}

TEST(PlatformTextTest, UnequalLinksHaveRowsOfTheirOwn) {
  PlatformSpec platform = machine_of("devices: [{name: d, architecture: DEV, count: 4}]");
  platform.links[4].bandwidth_Bps *= 2;
  const std::string text = platform_text(platform);
  EXPECT_THAT(text, HasSubstr("\nd[0..1].host_to_device      2        1    10 "));
  EXPECT_THAT(text, HasSubstr("\nd[2].host_to_device         1        1    20 "));
  EXPECT_THAT(text, HasSubstr("\nd[3].host_to_device         1        1    10 "));
  EXPECT_THAT(text, HasSubstr("\nd[0..3].device_to_host      4        1    40 "));
  EXPECT_THAT(text, Not(HasSubstr("route"))) << "each is one link";
}

TEST(PlatformTextTest, TheTitleIsOneLine) {
  PlatformSpec platform = small_machine();
  platform.name = "a\n\x1b[31mb";
  EXPECT_EQ(platform_text(platform).rfind("a\\u000a\\u001b[31mb\n\ndevice", 0), 0U);
}

TEST(PlatformTextTest, TheHostsLinkToItselfIsThere) {
  EXPECT_THAT(platform_text(small_machine(true)), HasSubstr("\nHOST.device_to_host"));
}
