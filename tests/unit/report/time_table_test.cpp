/// Where the time of devices goes, in a summary.
#include "report/time_table.hpp"

#include <gtest/gtest.h>

#include <string>

#include "sample_result.hpp"

using namespace upmem_des;

/// Of 2 s of prefill HOST computes 0.25 s, waits for its memory 0.125 s, exchanges 0.5 s, and waits for the rest; in
/// decode, of 6 s, it does nothing.
TEST(TimeTable, SharesOfEachPhase) {
  EXPECT_EQ("\n" + time_table(sample_result()), R"(
phase    device    compute     memory   overhead  communication    waiting
                 % of time  % of time  % of time      % of time  % of time
--------------------------------------------------------------------------
prefill  HOST         12.5        6.2        0.0           25.0       56.2
prefill  DEV          50.0       25.0        6.2           12.5        6.2
decode   DEV          33.3       41.7        8.3           12.5        4.2
)");
}

/// HOST does something for 1 ms of 2 s of prefill, which is 0.05 %, and for 0.5 ms.
TEST(TimeTable, NextToNothingHasNoLine) {
  SimulationResult result = sample_result();
  result.devices[0].phase_use = {TimeUse{0, 0, 0, 1.01e-3, 2 - 1.01e-3}, std::nullopt};
  EXPECT_NE(time_table(result).find("prefill  HOST          0.0        0.0        0.0            0.1       99.9"),
            std::string::npos)
      << time_table(result);
  result.devices[0].phase_use = {TimeUse{0, 0, 0, 0.5e-3, 2 - 0.5e-3}, std::nullopt};
  EXPECT_EQ(time_table(result).find("HOST"), std::string::npos);
}

TEST(TimeTable, EqualDevicesShareALineAndEmptyColumnsAreLeftOut) {
  SimulationResult result = sample_result();
  DeviceResult& first = result.devices[1];
  first.name = "dimm[0]";
  first.phase_use = {TimeUse{1, 0.5, 0, 0, 0.5}, TimeUse{3, 3, 0, 0, 0}};
  result.devices[0].phase_use = {TimeUse{0, 0, 0, 0, 2}, TimeUse{0, 0, 0, 0, 6}};
  for (int i = 1; i < 24; ++i) {
    result.devices.push_back(result.devices[1]);
    result.devices.back().name = "dimm[" + std::to_string(i) + "]";
  }
  EXPECT_EQ("\n" + time_table(result), R"(
phase    device              compute     memory    waiting
                           % of time  % of time  % of time
----------------------------------------------------------
prefill  dimm[0..23] × 24       50.0       25.0       25.0
decode   dimm[0..23] × 24       50.0       50.0        0.0
)");
}

/// 30 devices, each another share of prefill.
TEST(TimeTable, ManyDifferentDevicesAreCounted) {
  SimulationResult result = sample_result();
  result.devices.resize(1);
  result.devices[0].phase_use = {};
  for (int i = 0; i < 30; ++i) {
    result.devices.push_back(result.devices[0]);
    result.devices.back().name = "gpu[" + std::to_string(i) + "]";
    result.devices.back().phase_use[0] = TimeUse{0.02 * (1 + i), 0, 0, 0, 2 - 0.02 * (1 + i)};
  }
  const std::string text = time_table(result);
  EXPECT_NE(text.find("prefill  gpu[23]       24.0"), std::string::npos) << text;
  EXPECT_EQ(text.find("gpu[24]"), std::string::npos) << text;
  EXPECT_NE(text.find("\nand 6 more lines: --json FILE has all devices\n"), std::string::npos) << text;
}

TEST(TimeTable, OfResultsOfEarlierPrograms) {
  SimulationResult result = sample_result();
  for (DeviceResult& device : result.devices) device.phase_use = {};
  EXPECT_EQ(time_table(result), "");
  EXPECT_EQ(time_table(ServingRun()), "");
}

/// Of 8 s.
TEST(TimeTable, OfServedRequests) {
  ServingRun run;
  run.machine = sample_result();
  run.serving.device_times = {{0, 0, 0, 8}, {5, 1, 0.5, 1.5}};
  EXPECT_EQ("\n" + time_table(run), R"(
device       work    waiting       host    no step
        % of time  % of time  % of time  % of time
--------------------------------------------------
DEV          62.5       12.5        6.2       18.8
)");
}
