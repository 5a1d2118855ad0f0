#include "platform/device_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "small_machine.hpp"
#include "support/temporary_folder.hpp"

using namespace upmem_des;
using testing::ElementsAre;

namespace {

/// HOST, dimm[0] … dimm[23] (1 to 24), gpu (25), spare[0] and spare[1] (26, 27); dimm and spare are DEVs.
PlatformSpec machine() {
  PlatformSpec platform = machine_of(
      "devices:\n  - {name: dimm, architecture: DEV, count: 24}\n  - {name: gpu, architecture: DEV}\n"
      "  - {name: spare, architecture: DEV, count: 2}\n");
  platform.groups[1].architecture = "BIG_GPU";
  return platform;
}

std::vector<DeviceIndex> resolve(const std::string& text) {
  return resolve_devices(machine(), text, {"s.yaml", 3}, "mapping.x");
}

std::string error_of(const std::string& text) {
  return test::input_error([&] { resolve(text); });
}

std::vector<DeviceIndex> all(DeviceIndex first, DeviceIndex last) {
  std::vector<DeviceIndex> devices;
  for (; first <= last; ++first) devices.push_back(first);
  return devices;
}

std::string name_of(const std::vector<DeviceIndex>& devices) {
  return device_set_name(machine(), devices);
}

}  // namespace

TEST(DeviceNamesTest, GroupsInstancesAndRanges) {
  EXPECT_THAT(resolve("HOST"), ElementsAre(0));
  EXPECT_EQ(resolve("dimm"), all(1, 24));
  EXPECT_THAT(resolve("dimm[0]"), ElementsAre(1));
  EXPECT_THAT(resolve("dimm[23]"), ElementsAre(24));
  EXPECT_EQ(resolve("dimm[0..7]"), all(1, 8)) << "both ends";
  EXPECT_THAT(resolve("dimm[5..5]"), ElementsAre(6));
  EXPECT_THAT(resolve("gpu"), ElementsAre(25));
  EXPECT_THAT(resolve("gpu[0]"), ElementsAre(25));
}

TEST(DeviceNamesTest, ListsKeepTheirOrder) {
  EXPECT_THAT(resolve("dimm[0..3]+dimm[8]"), ElementsAre(1, 2, 3, 4, 9));
  EXPECT_THAT(resolve(" spare + gpu+HOST "), ElementsAre(26, 27, 25, 0));
}

TEST(DeviceNamesTest, AnArchitectureThatOneGroupHas) {
  EXPECT_THAT(resolve("BIG_GPU"), ElementsAre(25));
  EXPECT_THAT(resolve("BIG-GPU"), ElementsAre(25));
  EXPECT_EQ(error_of("DEV"),
            "s.yaml:3: mapping.x: 'DEV' is the architecture of several groups; expected one of dimm, spare");
  EXPECT_THAT(resolve_devices(small_machine(), "DEV", {}, ""), ElementsAre(1)) << "the generated platform";
}

TEST(DeviceNamesTest, Errors) {
  const std::string expected =
      "expected HOST, a group of devices, or some of one as in dimm[3] or dimm[0..7], joined by '+'";
  EXPECT_EQ(error_of(""), "s.yaml:3: mapping.x: empty; " + expected);
  EXPECT_EQ(error_of("  "), "s.yaml:3: mapping.x: empty; " + expected);
  for (const char* const text : {"+", "dimm[0]+", "+dimm", "dimm[0]++gpu", "[0]"})
    EXPECT_EQ(error_of(text), "s.yaml:3: mapping.x: '" + std::string(text) + "' is no list of devices; " + expected);
  EXPECT_EQ(error_of("dim"),
            "s.yaml:3: mapping.x: unknown device 'dim'; expected one of HOST, dimm, gpu, spare; did you mean 'dimm'?");
  EXPECT_EQ(error_of("host"),
            "s.yaml:3: mapping.x: unknown device 'host'; expected one of HOST, dimm, gpu, spare; did you mean 'HOST'?");
  EXPECT_EQ(error_of("BIG-GPUU"),
            "s.yaml:3: mapping.x: unknown device 'BIG-GPUU'; expected one of HOST, dimm, gpu, spare; did you mean "
            "'BIG_GPU'?");
  EXPECT_EQ(error_of("HOST[0]"), "s.yaml:3: mapping.x: 'HOST[0]': HOST is one device; expected HOST");
  for (const char* const index : {"24", "0..24", "99999999999999999999", "99999999999999999999..3"})
    EXPECT_EQ(error_of("dimm[" + std::string(index) + "]"),
              "s.yaml:3: mapping.x: 'dimm[" + std::string(index) + "]': the group has 24 devices; expected 0 to 23");
  EXPECT_EQ(error_of("gpu[1]"), "s.yaml:3: mapping.x: 'gpu[1]': the group has 1 device; expected 0");
  EXPECT_EQ(error_of("dimm[7..3]"), "s.yaml:3: mapping.x: 'dimm[7..3]': the range runs backwards; expected dimm[3..7]");
  for (const char* const part : {"dimm[", "dimm[]", "dimm[3", "dimm[3]x", "dimm[-1]", "dimm[a]", "dimm[0.5]",
                                 "dimm[0..]", "dimm[..3]", "dimm[0...3]", "dimm[0..x]", "dimm[0][1]", "dimm[ 0]"})
    EXPECT_EQ(error_of(part), "s.yaml:3: mapping.x: '" + std::string(part) +
                                  "' is not part of a group; expected an index or a range as in dimm[0] or "
                                  "dimm[0..23]");
  EXPECT_EQ(error_of("dimm[0..3]+dimm[2]"), "s.yaml:3: mapping.x: 'dimm[2]' a second time; expected each device once");
  EXPECT_EQ(error_of("HOST+HOST"), "s.yaml:3: mapping.x: 'HOST' a second time; expected each device once");
}

TEST(DeviceNamesTest, NamesOfSets) {
  EXPECT_EQ(name_of({0}), "HOST");
  EXPECT_EQ(name_of(all(1, 24)), "dimm");
  EXPECT_EQ(name_of(all(1, 8)), "dimm[0..7]");
  EXPECT_EQ(name_of({4}), "dimm[3]");
  EXPECT_EQ(name_of({1, 3}), "dimm[0]+dimm[2]");
  EXPECT_EQ(name_of({3, 1}), "dimm[2]+dimm[0]");
  EXPECT_EQ(name_of({25}), "gpu");
  EXPECT_EQ(name_of(all(23, 26)), "dimm[22..23]+gpu+spare[0]") << "a run ends with its group";
  EXPECT_EQ(name_of({0, 25, 26, 27}), "HOST+gpu+spare");
}

TEST(DeviceNamesTest, LongNamesBecomeNumbers) {
  EXPECT_EQ(name_of({1, 3, 5, 7, 9}), "dimm[0]+dimm[2]+dimm[4]+dimm[6]+dimm[8]") << "39 letters";
  EXPECT_EQ(name_of({1, 3, 5, 7, 11}), "dimm[0]+dimm[2]+dimm[4]+dimm[6]+dimm[10]") << "40 letters";
  EXPECT_EQ(name_of({1, 3, 5, 11, 13}), "5 devices") << "41 letters";
}

TEST(DeviceNamesTest, NamesReadBack) {
  for (const std::vector<DeviceIndex>& devices :
       {all(1, 24), all(2, 5), std::vector<DeviceIndex>{24, 25, 27, 0}, std::vector<DeviceIndex>{5, 4, 3}})
    EXPECT_EQ(resolve(name_of(devices)), devices);
}

TEST(DeviceNamesTest, OfRoutes) {
  PlatformSpec platform;
  for (const char* name : {"HOST", "dimm[0]", "dimm[1]"}) {
    platform.devices.emplace_back();
    platform.devices.back().name = name;
  }
  EXPECT_EQ(route_name(platform, {host_device, {1}, {}}), "HOST to dimm[0]");
  EXPECT_EQ(route_name(platform, {host_device, {1, 2}, {}}), "HOST to 2 devices");
  EXPECT_EQ(route_name(platform, {2, {host_device}, {}}), "dimm[1] to HOST");
}
