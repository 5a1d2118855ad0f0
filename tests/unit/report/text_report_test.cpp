#include "upmem_des/report/text_report.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "sample_result.hpp"
#include "upmem_des/trace/layer_event.hpp"

using namespace upmem_des;

namespace {

/// With one space where there were several.
std::string squeezed(std::string text) {
  text.erase(std::unique(text.begin(), text.end(), [](char a, char b) { return a == ' ' && b == ' '; }), text.end());
  return text;
}

}  // namespace

TEST(TextReportTest, Whole) {
  EXPECT_EQ(result_text(sample_result()),
            R"(A run, by hand
simulated: tiny, int8, batch 2, cost model roofline, 10 events in 4 forward passes

                                          total            prefill             decode
-----------------------------------------------------------------------------------------
time                                     8.0000             2.0000             6.0000  s
  share of the time                       100.0               25.0               75.0  %
time to first token (TTFT)                                  2.0000                     s
time per output token (TPOT)                                                   2.0000  s
generated tokens                              8                  2                  6
tokens/s                                                                       1.0000

energy                                   53.000             17.000             36.000  J
  host to device                         4.0000             1.0000             3.0000  J
  device to host                         5.0000             2.0000             3.0000  J
  memory                                 10.000             4.0000             6.0000  J
  compute                                34.000             10.000             24.000  J
  per token of decode                                                          6.0000  J
  per token, prefill included            6.6250                                        J
power                                    6.6250             8.5000             6.0000  W
  peak                                   12.000             12.000             9.5000  W

moved
  host to device                         2.0060             2.0000          0.0060000  GB
    per token                                                                  1.0000  MB
  device to host                         3.0120             3.0000           0.012000  GB
    per token                                                                  2.0000  MB

busy (parts overlap)
  host to device               400.00 (  5.0 %)   100.00 (  5.0 %)   300.00 (  5.0 %)  ms
  device to host               800.00 ( 10.0 %)   200.00 ( 10.0 %)   600.00 ( 10.0 %)  ms
  compute                      4.5000 ( 56.2 %)   1.5000 ( 75.0 %)   3.0000 ( 50.0 %)  s
  memory                       2.0000 ( 25.0 %)  0.50000 ( 25.0 %)   1.5000 ( 25.0 %)  s
  KV load                      1.0000 ( 12.5 %)  0.25000 ( 12.5 %)  0.75000 ( 12.5 %)  s

device  events  compute  memory  to device  to host  energy   power
                 % busy  % busy     % busy   % busy       J  W peak
-------------------------------------------------------------------
HOST         3      5.0     2.5        0.0      0.0  3.0000  1.5000
DEV          7     51.2    35.0        5.0     10.0  50.000  9.0000

phase    device    compute     memory   overhead  communication    waiting
                 % of time  % of time  % of time      % of time  % of time
--------------------------------------------------------------------------
prefill  HOST         12.5        6.2        0.0           25.0       56.2
prefill  DEV          50.0       25.0        6.2           12.5        6.2
decode   DEV          33.3       41.7        8.3           12.5        4.2
)");
}

TEST(TextReportTest, IdlePowerHasALineWhereThereIsAny) {
  SimulationResult result = sample_result();
  EXPECT_EQ(result_text(result).find("\n  idle"), std::string::npos);
  result.phase(Phase::Decode).energy.idle_J = 4;
  const std::string text = squeezed(result_text(result));
  EXPECT_NE(text.find("\n idle 4.0000 0 4.0000 J\n"), std::string::npos) << result_text(result);
}

TEST(TextReportTest, IdealDevicesAreSaidToBe) {
  SimulationResult result = sample_result();
  const std::string plain = result_text(result);
  result.all_devices_ideal = false;
  EXPECT_EQ(result_text(result), plain);
  result.all_devices_ideal = true;
  const std::string said = "all devices are ideal: they reach their peaks; see docs/accuracy.md\n";
  EXPECT_EQ(plain.find(said), std::string::npos);
  std::string expected = plain;
  expected.insert(plain.find(" forward passes\n") + std::string(" forward passes\n").size(), said);
  EXPECT_EQ(result_text(result), expected);
}

TEST(TextReportTest, DevicesThatHoldSomethingOfUnknownSizeAreNamed) {
  SimulationResult result = sample_result();
  result.devices[1].memory.weights_B = 1e9;
  const std::string name = result.architectures[result.devices[1].architecture].name;
  const std::string said = "no capacity_GB is known of " + name + ": whether this fits was not checked\n";
  EXPECT_NE(result_text(result).find(said), std::string::npos) << result_text(result);
  result.devices[1].memory.capacity_B = 1e9;
  EXPECT_EQ(result_text(result).find("capacity_GB"), std::string::npos);
}

TEST(TextReportTest, ActivePowerHasALineWhereThereIsAny) {
  SimulationResult result = sample_result();
  EXPECT_EQ(result_text(result).find("\n  active"), std::string::npos);
  result.phase(Phase::Prefill).energy.active_J = 3;
  const std::string text = squeezed(result_text(result));
  EXPECT_NE(text.find("\n active 3.0000 3.0000 0 J\n"), std::string::npos) << result_text(result);
  EXPECT_NE(text.find("\nenergy 56.000 20.000 36.000 J\n"), std::string::npos) << result_text(result);
}

TEST(TextReportTest, EmptyResultsAreZeros) {
  const std::string text = result_text(SimulationResult());
  EXPECT_EQ(text,
            R"(
simulated: bfloat16, batch 1, cost model , 0 events in 0 forward passes

                                     total      prefill       decode
-----------------------------------------------------------------------
time                                     0            0            0  s
  share of the time                      0            0            0  %
time to first token (TTFT)                            0               s
time per output token (TPOT)                                       -  s
generated tokens                         0            0            0
tokens/s                                                           -

energy                                   0            0            0  J
  host to device                         0            0            0  J
  device to host                         0            0            0  J
  memory                                 0            0            0  J
  compute                                0            0            0  J
  per token of decode                                              -  J
  per token, prefill included            -                            J
power                                    0            0            0  W

moved
  host to device                         0            0            0  B
    per token                                                      -  B
  device to host                         0            0            0  B
    per token                                                      -  B

busy (parts overlap)
  host to device               0 (    0 %)  0 (    0 %)  0 (    0 %)  s
  device to host               0 (    0 %)  0 (    0 %)  0 (    0 %)  s
  compute                      0 (    0 %)  0 (    0 %)  0 (    0 %)  s
  memory                       0 (    0 %)  0 (    0 %)  0 (    0 %)  s
  KV load                      0 (    0 %)  0 (    0 %)  0 (    0 %)  s

device  events  compute  memory  to device  to host  energy
                 % busy  % busy     % busy   % busy       J
-----------------------------------------------------------
)");
}

TEST(TextReportTest, SchedulesOtherThanSequentialAreTold) {
  SimulationResult result = sample_result();
  EXPECT_EQ(result_text(result).find("schedule"), std::string::npos);
  result.schedule = "dataflow";
  EXPECT_NE(result_text(result).find("cost model roofline, schedule dataflow, 10 events in"), std::string::npos);
}

TEST(TextReportTest, BusySharesOfSeveralDevicesAreTheirMean) {
  SimulationResult result = sample_result();
  result.devices.push_back(result.devices[1]);
  result.devices.back().name = "OTHER";
  result.devices.back().busy = {0, 0, 0, 0.5, 0, 0};
  result.phase(Phase::Decode).busy.compute_s += 0.5;
  const std::string text = squeezed(result_text(result));
  // 0.4 + 4.1 + 0.5 s of compute in 3 · 8 s; to and from one device as ever.
  EXPECT_NE(text.find("\nbusy (sum, mean share)\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n compute, 3 devices 5.0000 ( 20.8 %) "), std::string::npos) << text;
  EXPECT_NE(text.find("\n memory, 2 devices 2.0000 ( 12.5 %) "), std::string::npos) << text;
  EXPECT_NE(text.find("\n host to device 400.00 ( 5.0 %) "), std::string::npos) << text;

  result.devices.back().busy = BusyTimes();
  EXPECT_NE(result_text(result).find("\nbusy (parts overlap)\n"), std::string::npos) << "a device that did nothing";
}

TEST(TextReportTest, SeveralDevicesWithoutTimeAreNoDivisionByZero) {
  SimulationResult result = machine_result();
  result.time_s = 0;
  for (PhaseResult& phase : result.phases) phase = PhaseResult();
  const std::string text = result_text(result);
  EXPECT_EQ(text.find("nan"), std::string::npos) << text;
  EXPECT_EQ(text.find("inf"), std::string::npos) << text;
}
