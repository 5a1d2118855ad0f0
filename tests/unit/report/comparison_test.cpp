#include "upmem_des/report/comparison.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sample_result.hpp"

using namespace upmem_des;
using testing::HasSubstr;
using testing::Not;

namespace {

/// The sample, twice as slow, at half its energy.
SimulationResult slow_result() {
  SimulationResult result = sample_result();
  result.time_s *= 2;
  for (PhaseResult& phase : result.phases) {
    phase.time_s *= 2;
    for (double EnergyParts::*part : {&EnergyParts::host_to_device_J, &EnergyParts::device_to_host_J,
                                      &EnergyParts::main_mem_J, &EnergyParts::compute_J})
      phase.energy.*part /= 2;
  }
  result.devices[1].memory = {6e9, 1.5e9, 5e8, 0, 16e9};
  return result;
}

/// The lines of a text that begin with `start`.
std::vector<std::string> lines_with(const std::string& text, const std::string& start) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (text.compare(at, start.size(), start) == 0) lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string time_line(const std::vector<double>& times_s) {
  std::vector<SimulationResult> results(times_s.size());
  std::vector<NamedResult> named;
  for (std::size_t i = 0; i < times_s.size(); ++i) {
    results[i].time_s = times_s[i];
    named.push_back({"x", &results[i]});
  }
  return lines_with(comparison_text(named), "time ").at(0);
}

std::string compared(const SimulationResult& first, const std::string& first_name, const SimulationResult& second,
                     const std::string& second_name) {
  return comparison_text({{first_name, &first}, {second_name, &second}});
}

}  // namespace

TEST(ComparisonTest, TwoResults) {
  EXPECT_EQ(compared(sample_result(), "roofline", slow_result(), "reference"),
            R"(                                 roofline  reference   ratio
--------------------------------------------------------------
time                         s     8.0000     16.000  2.0000
prefill time                 s     2.0000     4.0000  2.0000
decode time                  s     6.0000     12.000  2.0000
TTFT                         s     2.0000     4.0000  2.0000
TPOT                         s     2.0000     4.0000  2.0000
tokens/s                           1.0000    0.50000  0.5000

energy                       J     53.000     26.500  0.5000
prefill energy               J     17.000     8.5000  0.5000
decode energy                J     36.000     18.000  0.5000
per token of decode          J     6.0000     3.0000  0.5000
per token, prefill included  J     6.6250     3.3125  0.5000
power                        W     6.6250     1.6562  0.2500
prefill power                W     8.5000     2.1250  0.2500
decode power                 W     6.0000     1.5000  0.2500
peak power                   W     12.000     12.000  1.0000
prefill peak                 W     12.000     12.000  1.0000
decode peak                  W     9.5000     9.5000  1.0000

energy by part
  host to device             J     4.0000     2.0000  0.5000
  device to host             J     5.0000     2.5000  0.5000
  memory                     J     10.000     5.0000  0.5000
  compute                    J     34.000     17.000  0.5000

moved
  host to device             GB    2.0060     2.0060  1.0000
  device to host             GB    3.0120     3.0120  1.0000

memory peak                  GB         0     8.0000       -
)");
}

TEST(ComparisonTest, WhatNoResultHasHasNoLine) {
  const SimulationResult result = sample_result();
  const std::string text = compared(result, "a", result, "b");
  for (const char* label : {"device to device", "active", "idle", "memory peak"})
    EXPECT_THAT(text, Not(HasSubstr(label)));
  const SimulationResult empty;
  const std::string nothing = compared(empty, "a", empty, "b");
  for (const char* label : {"energy by part", "moved", "memory"}) EXPECT_THAT(nothing, Not(HasSubstr(label)));
  const std::string machine = compared(result, "a", machine_result(), "b");
  for (const char* line :
       {"  device to device           J ", "  device to device           GB", "memory peak                  GB"})
    EXPECT_THAT(machine, HasSubstr(line)) << "one of them has it";
}

TEST(ComparisonTest, MemoryIsThatOfTheFullestDevice) {
  SimulationResult result = machine_result();
  result.devices[2].memory.weights_B = 7e9;
  EXPECT_EQ(lines_with(compared(result, "a", machine_result(), "b"), "memory peak"),
            std::vector<std::string>{"memory peak                  GB   9.0000   8.0000  0.8889"});
}

TEST(ComparisonTest, Ratios) {
  EXPECT_EQ(time_line({2, 3}), "time                         s  2.0000  3.0000  1.5000");
  EXPECT_EQ(time_line({0, 3}), "time                         s  0  3.0000      -") << "nothing can be compared with 0";
  EXPECT_EQ(time_line({3, 0}), "time                         s  3.0000  0      0");
  EXPECT_EQ(time_line({0, 0}), "time                         s  0  0      -");
  EXPECT_EQ(time_line({1, 0.0123456}), "time                         s  1.0000  0.012346  0.012346");
  EXPECT_EQ(time_line({1, 99999.9}), "time                         ks  0.0010000  100.00  100000");
  EXPECT_EQ(time_line({1e-200, 1e200}).back(), '-') << "and not inf";
}

TEST(ComparisonTest, ResultsOfEarlierProgramsHaveNoPeakPower) {
  SimulationResult earlier = sample_result();
  for (PhaseResult& phase : earlier.phases) phase.peak_power_W.reset();
  EXPECT_THAT(compared(sample_result(), "a", earlier, "b"),
              HasSubstr("\npeak power                   W   12.000       -       -\n"));
  EXPECT_THAT(compared(earlier, "a", sample_result(), "b"),
              HasSubstr("\npeak power                   W        -  12.000       -\n"));
  EXPECT_THAT(compared(earlier, "a", earlier, "b"), Not(HasSubstr("peak")));
}

TEST(ComparisonTest, OneResultHasNoRatio) {
  EXPECT_EQ(time_line({0.25}), "time                         ms  250.00");
}

/// 6 results: the first with three others, then the first with the two that are left.
TEST(ComparisonTest, ManyResultsTakeManyTables) {
  std::vector<SimulationResult> results(6, sample_result());
  std::vector<NamedResult> named;
  for (std::size_t i = 0; i < results.size(); ++i) {
    results[i].time_s = 8.0 * static_cast<double>(i + 1);
    named.push_back({"r" + std::to_string(i), &results[i]});
  }
  const std::string text = comparison_text(named);
  EXPECT_EQ(lines_with(text, "time "),
            (std::vector<std::string>{
                "time                         s   8.0000  16.000  2.0000  24.000  3.0000  32.000  4.0000",
                "time                         s   8.0000  40.000  5.0000  48.000  6.0000"}));
  EXPECT_THAT(text, HasSubstr("   r0      r1   ratio      r2   ratio      r3   ratio\n"));
  EXPECT_THAT(text, HasSubstr("\n\n                                     r0      r4   ratio      r5   ratio\n"));
}

TEST(ComparisonTest, AllTablesHaveTheSameUnits) {
  std::vector<SimulationResult> results(5);
  std::vector<NamedResult> named;
  for (SimulationResult& result : results) named.push_back({"x", &result});
  results[0].time_s = 1;
  results[4].time_s = 2000;
  for (const std::string& line : lines_with(comparison_text(named), "time "))
    EXPECT_THAT(line, HasSubstr("ks  0.0010000"));
}
