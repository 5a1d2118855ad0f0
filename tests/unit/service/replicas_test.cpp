/// Several instances as one machine, and what they do on it.
#include "service/replicas.hpp"

#include <gtest/gtest.h>

#include "service/machine_windows.hpp"

using namespace upmem_des;

namespace {

/// HOST, gpu[0], gpu[1] and an npu, a link of gpu[1]'s and one that all share.
PlatformSpec instance() {
  PlatformSpec spec;
  for (const char* name : {"HOST", "gpu[0]", "gpu[1]", "npu"}) {
    DeviceSpec device;
    device.name = name;
    device.memory.name = std::string(name) + ".memory";
    spec.devices.push_back(device);
  }
  spec.groups = {{"gpu", "H100", 1, 2}, {"npu", "H100", 3, 1}};
  LinkSpec own;
  own.name = "gpu[1].nvlink.up";
  own.owner = 2;
  LinkSpec shared;
  shared.name = "channel.host_to_device";
  spec.links = {own, shared};
  return spec;
}

Stretch work(double arithmetic_J, double active_s) {
  Stretch stretch;
  stretch.time_s = 1;
  stretch.arithmetic_J = arithmetic_J;
  stretch.active_s = active_s;
  return stretch;
}

}  // namespace

TEST(ReplicasTest, DevicesGoOnCountingAndLinksFollow) {
  const PlatformSpec all = replicated(instance(), 2);
  std::vector<std::string> devices, memories, links;
  for (const DeviceSpec& device : all.devices) {
    devices.push_back(device.name);
    memories.push_back(device.memory.name);
  }
  for (const LinkSpec& link : all.links) links.push_back(link.name);
  EXPECT_EQ(devices, (std::vector<std::string>{"HOST", "gpu[0]", "gpu[1]", "npu[0]", "gpu[2]", "gpu[3]", "npu[1]"}));
  EXPECT_EQ(memories[5], "gpu[3].memory");
  EXPECT_EQ(links, (std::vector<std::string>{"gpu[1].nvlink.up", "channel.host_to_device", "gpu[3].nvlink.up",
                                             "channel.host_to_device #1"}));
  EXPECT_EQ(*all.links[0].owner, 2U);
  EXPECT_EQ(*all.links[2].owner, 5U);
  EXPECT_FALSE(all.links[3].owner);
}

TEST(ReplicasTest, OneInstanceIsTheMachine) {
  const PlatformSpec all = replicated(instance(), 1);
  EXPECT_EQ(all.devices.size(), 4U);
  EXPECT_EQ(all.devices[2].name, "gpu[1]");
  EXPECT_EQ(all.devices[3].name, "npu");
}

/// Half of a step of instance 0, all of one of instance 1.
TEST(MachineWindowsTest, InstancesWorkOnTheirOwnDevicesAndShareHost) {
  MachineWindows windows(5, 2, replicated_placements(3, 1, 2));
  StepCost cost;
  cost.devices = {work(2, 0.5), work(10, 1), work(20, 0.25)};
  cost.links_B = {8};
  windows.add(0, cost, 0.5);
  windows.add(1, cost, 1);
  const Window window = windows.take(2);
  EXPECT_EQ(window.start_s, 0);
  EXPECT_EQ(window.end_s, 2);
  EXPECT_EQ(window.links_B, (std::vector<double>{4, 8}));
  std::vector<double> energies, active;
  for (const Stretch& device : window.devices) {
    EXPECT_EQ(device.time_s, 2);
    energies.push_back(device.arithmetic_J);
    active.push_back(device.active_s);
  }
  EXPECT_EQ(energies, (std::vector<double>{3, 5, 10, 10, 20}));
  EXPECT_EQ(active, (std::vector<double>{0.75, 0.5, 0.125, 1, 0.25}));
  // Nothing is left for the next one.
  const Window next = windows.take(3);
  EXPECT_EQ(next.start_s, 2);
  EXPECT_EQ(next.devices[4].arithmetic_J, 0);
  EXPECT_EQ(next.links_B, (std::vector<double>{0, 0}));
}
