#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "platform/platform_writer.hpp"
#include "small_machine.hpp"

using namespace upmem_des;
using testing::HasSubstr;

namespace {

/// Without the lines before the first node.
std::string drawn(const PlatformSpec& platform) {
  const std::string text = platform_dot(platform);
  return text.substr(text.find("  \"HOST\""));
}

}  // namespace

TEST(PlatformDotTest, Whole) {
  EXPECT_EQ(platform_dot(small_machine()),
            R"(digraph machine {
  rankdir=LR; ranksep=0.9; fontname="Helvetica";
  node [shape=box, style="filled,rounded", color="#3b5b8c", fillcolor="#e8eef7", fontname="Helvetica", fontsize=12];
  edge [color="#5b6b82", fontname="Helvetica", fontsize=10, arrowsize=0.6];
  "HOST" [label="HOST\n2 TFLOP/s\nmemory 100 GB/s", fillcolor="#f6e7d4", color="#8c5f2b"];
  "DEV" [label="DEV\n5 TFLOP/s\nmemory 200 GB/s"];
  "HOST" -> "DEV" [dir=both, label="to 10 GB/s\nfrom 40 GB/s"];
}
)");
}

TEST(PlatformDotTest, FewBoxesAreDrawnOneByOne) {
  EXPECT_EQ(drawn(four_modules()),
            R"(  "HOST" [label="HOST\n2 TFLOP/s\nmemory 100 GB/s", fillcolor="#f6e7d4", color="#8c5f2b"];
  "board" [label="board", shape=ellipse, fillcolor="#eef3e6", color="#5a7a3a"];
  "HOST" -> "board" [dir=both, label="to 30 GB/s\nfrom 50 GB/s"];
  "channel[0]" [label="channel[0]", shape=ellipse, fillcolor="#eef3e6", color="#5a7a3a"];
  "board" -> "channel[0]" [dir=both, label="20 GB/s\nhalf duplex"];
  "module[0]" [label="module[0]\nDEV\n5 TFLOP/s\nmemory 200 GB/s, 16 GB\nbroadcast from HOST"];
  "channel[0]" -> "module[0]" [dir=both, label="to 10 GB/s\nfrom 40 GB/s"];
  "module[1]" [label="module[1]\nDEV\n5 TFLOP/s\nmemory 200 GB/s, 16 GB\nbroadcast from HOST"];
  "channel[0]" -> "module[1]" [dir=both, label="to 10 GB/s\nfrom 40 GB/s"];
  "channel[1]" [label="channel[1]", shape=ellipse, fillcolor="#eef3e6", color="#5a7a3a"];
  "board" -> "channel[1]" [dir=both, label="20 GB/s\nhalf duplex"];
  "module[2]" [label="module[2]\nDEV\n5 TFLOP/s\nmemory 200 GB/s, 16 GB\nbroadcast from HOST"];
  "channel[1]" -> "module[2]" [dir=both, label="to 10 GB/s\nfrom 40 GB/s"];
  "module[3]" [label="module[3]\nDEV\n5 TFLOP/s\nmemory 200 GB/s, 16 GB\nbroadcast from HOST"];
  "channel[1]" -> "module[3]" [dir=both, label="to 10 GB/s\nfrom 40 GB/s"];
  "peer ring" [label="peer\nring\neach link 25 GB/s", shape=ellipse, fillcolor="#f3e6f0", color="#7a3a6b"];
  "module[0]" -> "peer ring" [dir=both];
  "module[1]" -> "peer ring" [dir=both];
  "module[2]" -> "peer ring" [dir=both];
  "module[3]" -> "peer ring" [dir=both];
}
)");
}

TEST(PlatformDotTest, ManyBoxesAreOne) {
  EXPECT_EQ(drawn(machine_of("links: [{name: c, count: 5, bw_GBs: 44}]\n"
                             "devices: [{name: d, architecture: DEV, count: 10, under: c}]\n"
                             "networks: [{name: n, between: d, topology: switch, bw_GBs: 25}]")),
            R"(  "HOST" [label="HOST\n2 TFLOP/s\nmemory 100 GB/s", fillcolor="#f6e7d4", color="#8c5f2b"];
  "c[0..4]" [label="c[0..4]\n5 links", shape=ellipse, fillcolor="#eef3e6", color="#5a7a3a"];
  "HOST" -> "c[0..4]" [dir=both, label="each 44 GB/s"];
  "d[0..9]" [label="d[0..9]\n10 x DEV, each\n5 TFLOP/s\nmemory 200 GB/s", peripheries=2];
  "c[0..4]" -> "d[0..9]" [dir=both, label="each to 10 GB/s\nfrom 40 GB/s"];
  "n switch" [label="n\nswitch\neach link 25 GB/s", shape=ellipse, fillcolor="#f3e6f0", color="#7a3a6b"];
  "d[0..9]" -> "n switch" [dir=both];
}
)");
}

TEST(PlatformDotTest, FourSideBySideAreDrawnOneByOneAndFiveAreOne) {
  for (const int count : {4, 5}) {
    const std::string dot =
        drawn(machine_of("devices: [{name: d, architecture: DEV, count: " + std::to_string(count) + "}]"));
    EXPECT_EQ(std::count(dot.begin(), dot.end(), '>'), count == 4 ? 4 : 1) << dot;
  }
}

TEST(PlatformDotTest, TheHostsLinkToItselfIsThere) {
  EXPECT_THAT(platform_dot(small_machine(true)), HasSubstr("\"HOST\" -> \"HOST\" [label=\"100 GB/s\"];"));
}

TEST(PlatformDotTest, NamesAndTitlesAreEscaped) {
  PlatformSpec platform = small_machine();
  platform.name = "a \"b\" \\N\n}";
  platform.groups[0].name = "x\"y\\z";
  const std::string dot = platform_dot(platform);
  EXPECT_THAT(dot, HasSubstr("label=\"a \\\"b\\\" \\\\N\\\\u000a}\";\n"));
  EXPECT_THAT(dot, HasSubstr("  \"x\\\"y\\\\z\" [label="));
}

TEST(PlatformDotTest, ManyNetworksAreOne) {
  const std::string text = platform_dot(machine_of(
      "devices: [{name: d, architecture: DEV, count: 8}]\nnetworks:\n"
      "  - {name: n, between: d, each: 2, topology: ring, bw_GBs: 25}\n"
      "  - {name: m, between: d, topology: switch, bw_GBs: 5, nic: {per: 2, bw_GBs: 3}, oversubscription: 4}\n"));
  EXPECT_THAT(text, HasSubstr("\"n ring\" [label=\"n\\n4 x ring of 2 devices\\neach link 25 GB/s\""));
  EXPECT_THAT(text,
              HasSubstr("\"m switch\" [label=\"m\\nswitch\\neach link 5 GB/s\\n4 NICs of 3 GB/s\\nin the middle 3 "
                        "GB/s\""));
}

TEST(PlatformDotTest, NetworksOfDevicesWithBoxesOfTheirOwnAreDrawnOneByOne) {
  const std::string text =
      platform_dot(machine_of("devices: [{name: d, architecture: DEV, count: 4}]\nnetworks:\n"
                              "  - {name: n, between: d, each: 2, topology: ring, bw_GBs: 25}\n"));
  EXPECT_THAT(text, HasSubstr("\"d[1]\" -> \"n[0] ring\""));
  EXPECT_THAT(text, HasSubstr("\"d[2]\" -> \"n[1] ring\""));
}
