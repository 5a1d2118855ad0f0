#include "report/machine_tables.hpp"

#include <gtest/gtest.h>

#include "sample_result.hpp"
#include "upmem_des/report/text_report.hpp"
#include "upmem_des/trace/layer_event.hpp"

using namespace upmem_des;

namespace {

/// A link from `from` to `to` that moved a byte and has its number's energy, so that none folds.
LinkResult link(int number) {
  LinkResult made;
  made.name = "link[" + std::to_string(number) + "]";
  made.kind = "host_to_device";
  made.bandwidth_Bps = 1;
  made.moved_B = {1, 0};
  made.energy_J = {1.0 + number, 0};
  return made;
}

TEST(CollectiveTable, SaysWhatWasTakenForWhichSizes) {
  SimulationResult result;
  EXPECT_EQ(collective_table(result), "");
  result.collectives = {{"all-reduce", "gpu", "direct", 64, 2e6},
                        {"all-gather", "a+b\x1b[1m", "hierarchical (ring, then host)", 3e6, 3e6}};
  EXPECT_EQ("\n" + collective_table(result), R"(
collective                                     algorithm     from      to
                                                               MB      MB
-------------------------------------------------------------------------
all-reduce, gpu                                   direct  6.4e-05  2.0000
all-gather, a+b\u001b[1m  hierarchical (ring, then host)   3.0000  3.0000
)");
}

}  // namespace

TEST(MachineTablesTest, DevicesThatNeedMemory) {
  EXPECT_EQ("\n" + device_table(machine_result()),
            R"(
device          events  compute  memory  to device  to host   peers  energy  weights  KV cache    peak  full
                         % busy  % busy     % busy   % busy  % busy       J       GB        GB      GB     %
------------------------------------------------------------------------------------------------------------
HOST                 2     20.0     0.0        0.0      0.0     0.0  2.0000        0         0       0     -
dimm[0..1] × 2       4     35.0    20.0       10.0      5.0    25.0  6.0000   6.0000    1.0000  8.0000  50.0
dimm[2..3] × 2       4     35.0    20.0       10.0      5.0     0.0  6.0000   6.0000    1.0000  8.0000  50.0
)");
}

TEST(MachineTablesTest, WithoutCapacitiesTheirColumnIsLeftOut) {
  SimulationResult result = machine_result();
  for (DeviceResult& device : result.devices) device.memory.capacity_B.reset();
  EXPECT_EQ("\n" + device_table(result),
            R"(
device          events  compute  memory  to device  to host   peers  energy  weights  KV cache    peak
                         % busy  % busy     % busy   % busy  % busy       J       GB        GB      GB
------------------------------------------------------------------------------------------------------
HOST                 2     20.0     0.0        0.0      0.0     0.0  2.0000        0         0       0
dimm[0..1] × 2       4     35.0    20.0       10.0      5.0    25.0  6.0000   6.0000    1.0000  8.0000
dimm[2..3] × 2       4     35.0    20.0       10.0      5.0     0.0  6.0000   6.0000    1.0000  8.0000
)");
}

TEST(MachineTablesTest, WithoutMemoryAndPeersThereIsNothingMore) {
  SimulationResult result = machine_result();
  for (DeviceResult& device : result.devices) {
    device.memory = MemoryUse();
    device.memory.capacity_B = 16e9;
    device.busy.device_to_device_s = 0;
  }
  EXPECT_EQ("\n" + device_table(result),
            R"(
device          events  compute  memory  to device  to host  energy
                         % busy  % busy     % busy   % busy       J
-------------------------------------------------------------------
HOST                 2     20.0     0.0        0.0      0.0  2.0000
dimm[0..3] × 4       4     35.0    20.0       10.0      5.0  6.0000
)");
}

TEST(MachineTablesTest, ADeviceThatIsTooFull) {
  SimulationResult result = sample_result();
  result.devices[1].memory = {1.5e6, 0.25e6, 0.25e6, 0, 1e6};
  EXPECT_EQ("\n" + device_table(result),
            R"(
device  events  compute  memory  to device  to host  energy   power  weights  KV cache    peak   full
                 % busy  % busy     % busy   % busy       J  W peak       MB        MB      MB      %
-----------------------------------------------------------------------------------------------------
HOST         3      5.0     2.5        0.0      0.0  3.0000  1.5000        0         0       0      -
DEV          7     51.2    35.0        5.0     10.0  50.000  9.0000   1.5000   0.25000  2.0000  200.0
)");
}

TEST(MachineTablesTest, Links) {
  EXPECT_EQ("\n" + link_table(machine_result()),
            R"(
link                     moved  busy  prefill   decode
                            GB     %        J        J
------------------------------------------------------
channel[0..1].down × 2  2.0000  20.0   1.0000   1.0000
channel[0..1].up × 2    1.0000  10.0  0.50000  0.50000
dimm[0]-dimm[1]         1.0000  25.0  0.50000  0.50000
)");
}

TEST(MachineTablesTest, LinksThatBelongToADeviceAreNotTold) {
  EXPECT_EQ(link_table(sample_result()), "");
  EXPECT_EQ(link_table(SimulationResult()), "");
  SimulationResult result = sample_result();
  result.links[0].kind = "device_to_device";
  EXPECT_NE(link_table(result), "") << "unless they are between devices";
  result.links[0].moved_B = {0, 0};
  EXPECT_EQ(link_table(result), "");
}

TEST(MachineTablesTest, LinksThatNobodyUsedAreNotTold) {
  SimulationResult result;
  result.links = {link(0)};
  result.links[0].moved_B = {0, 0};
  result.links[0].energy_J = {0, 0};
  EXPECT_EQ(link_table(result), "");
}

TEST(MachineTablesTest, WithoutTimeSharesAreZero) {
  SimulationResult result = machine_result();
  result.time_s = 0;
  for (const std::string& text : {device_table(result), link_table(result)}) {
    EXPECT_EQ(text.find("nan"), std::string::npos) << text;
    EXPECT_EQ(text.find("inf"), std::string::npos) << text;
  }
}

TEST(MachineTablesTest, AtMostTwelveLinesOfLinks) {
  SimulationResult result;
  for (int i = 0; i < 12; ++i) result.links.push_back(link(i));
  EXPECT_EQ(link_table(result).find("more"), std::string::npos);
  EXPECT_NE(link_table(result).find("\nlink[11] "), std::string::npos);
  for (int i = 12; i < 40; ++i) result.links.push_back(link(i));
  const std::string text = link_table(result);
  EXPECT_NE(text.find("\nlink[11] "), std::string::npos) << text;
  EXPECT_EQ(text.find("\nlink[12] "), std::string::npos) << text;
  EXPECT_NE(text.find("\nand 28 more lines: --json FILE has all links\n"), std::string::npos) << text;
}

TEST(MachineTablesTest, SummaryOfAMachine) {
  EXPECT_EQ(result_text(machine_result()),
            R"(Four modules
simulated: bfloat16, batch 1, cost model roofline, schedule dataflow, 6 events in 2 forward passes

                                          total           prefill            decode
---------------------------------------------------------------------------------------
time                                     10.000            5.0000            5.0000  s
  share of the time                       100.0              50.0              50.0  %
time to first token (TTFT)                                 5.0000                    s
time per output token (TPOT)                                                 5.0000  s
generated tokens                              2                 1                 1
tokens/s                                                                    0.20000

energy                                   33.000            16.500            16.500  J
  host to device                         4.0000            2.0000            2.0000  J
  device to host                         2.0000            1.0000            1.0000  J
  device to device                       1.0000           0.50000           0.50000  J
  memory                                 16.000            8.0000            8.0000  J
  compute                                10.000            5.0000            5.0000  J
  per token of decode                                                        16.500  J
  per token, prefill included            16.500                                      J
power                                    3.3000            3.3000            3.3000  W

moved
  host to device                         4.0000            2.0000            2.0000  GB
    per token                                                                2.0000  GB
  device to host                         2.0000            1.0000            1.0000  GB
    per token                                                                1.0000  GB
  device to device                       1.0000           0.50000           0.50000  GB
    per token                                                                500.00  MB

busy (sum, mean share)
  host to device, 4 devices    4.0000 ( 10.0 %)  2.0000 ( 10.0 %)  2.0000 ( 10.0 %)  s
  device to host, 4 devices    2.0000 (  5.0 %)  1.0000 (  5.0 %)  1.0000 (  5.0 %)  s
  device to device, 2 devices  5.0000 ( 25.0 %)  2.5000 ( 25.0 %)  2.5000 ( 25.0 %)  s
  compute, 5 devices           16.000 ( 32.0 %)  8.0000 ( 32.0 %)  8.0000 ( 32.0 %)  s
  memory, 4 devices            8.0000 ( 20.0 %)  4.0000 ( 20.0 %)  4.0000 ( 20.0 %)  s
  KV load                           0 (  0.0 %)       0 (  0.0 %)       0 (  0.0 %)  s

device          events  compute  memory  to device  to host   peers  energy  weights  KV cache    peak  full
                         % busy  % busy     % busy   % busy  % busy       J       GB        GB      GB     %
------------------------------------------------------------------------------------------------------------
HOST                 2     20.0     0.0        0.0      0.0     0.0  2.0000        0         0       0     -
dimm[0..1] × 2       4     35.0    20.0       10.0      5.0    25.0  6.0000   6.0000    1.0000  8.0000  50.0
dimm[2..3] × 2       4     35.0    20.0       10.0      5.0     0.0  6.0000   6.0000    1.0000  8.0000  50.0

link                     moved  busy  prefill   decode
                            GB     %        J        J
------------------------------------------------------
channel[0..1].down × 2  2.0000  20.0   1.0000   1.0000
channel[0..1].up × 2    1.0000  10.0  0.50000  0.50000
dimm[0]-dimm[1]         1.0000  25.0  0.50000  0.50000
)");
}
