#include <gtest/gtest.h>

#include "platform/platform_writer.hpp"
#include "small_machine.hpp"

using namespace upmem_des;

TEST(PlatformTextTest, Whole) {
  EXPECT_EQ(platform_text(small_machine()),
            R"(device  TFLOP/s  arithmetic W  fixed-time W  memory GB/s  memory W
------------------------------------------------------------------
HOST          2           100            10          100         8
DEV           5             2           0.2          200       1.6

link                from  to    GB/s  latency ns  pJ/bit    W
-------------------------------------------------------------
HOST.memory         HOST  HOST   100           0      10    8
DEV.host_to_device  HOST  DEV     10         700      80  6.4
DEV.device_to_host  DEV   HOST    40         700      20  6.4
DEV.memory          DEV   DEV    200           0       1  1.6
)");
}

TEST(PlatformTextTest, TheHostsLinkToItselfIsThere) {
  EXPECT_NE(platform_text(small_machine(true)).find("HOST.device_to_host  HOST  HOST"), std::string::npos);
}
