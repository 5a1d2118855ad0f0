#include "report/call_reports.hpp"

#include <gtest/gtest.h>

#include "call_sample.hpp"

using namespace upmem_des;

namespace {

std::string written(std::vector<LayerEvent> events, const CallReports& reports, bool sim_compute = false) {
  ListSource source(std::move(events));
  std::string text;
  write_call_reports(source, reports, sim_compute, [&](std::string_view part) { text += part; });
  return text;
}

CallTotals totals() {
  CallTotals calls;
  for (const LayerEvent& event : sample_calls()) calls.add(event, event.phase, *event.duration_ns * 1e-9);
  return calls;
}

}  // namespace

TEST(CallReportsTest, WhatIsWantedInThisOrder) {
  EXPECT_FALSE(CallReports().any());
  EXPECT_EQ(written(sample_calls(), {}), "");
  const std::string log = written(sample_calls(), {false, false, true, false});
  const std::string all = written(sample_calls(), {true, true, true, true});
  EXPECT_EQ(all, log + "\n" + class_table(totals(), TimeOrigin::Measured) + "\n" +
                     layers_table(totals(), TimeOrigin::Measured) + "\n" +
                     functions_table(totals(), TimeOrigin::Measured));
  EXPECT_EQ(written(sample_calls(), {true, false, false, false}), layers_table(totals(), TimeOrigin::Measured));
  EXPECT_EQ(written(sample_calls(), {false, true, false, false}), functions_table(totals(), TimeOrigin::Measured));
  EXPECT_EQ(written(sample_calls(), {false, false, false, true}), class_table(totals(), TimeOrigin::Measured));
}

TEST(CallReportsTest, WithoutComputing) {
  EXPECT_EQ(written(sample_calls(), {true, false, false, false}, true),
            layers_table(totals(), TimeOrigin::NotComputed));
}

TEST(CallReportsTest, TheLog) {
  std::vector<LayerEvent> events = sample_calls();
  events.resize(2);
  events[1].start_ns.reset();
  events[1].duration_ns.reset();
  events[1].type = Name("Re\nLU");
  // Each line: 16, 13, 7 and 6 characters right-aligned, 30 and 26 left-aligned, a space between; two before shapes.
  EXPECT_EQ(written(events, {false, false, true, false}),
            "         start s    duration s   phase   step type                           name                        "
            "input -> output\n"
            "  0.000000000000  3.000000e-06 prefill      0 Linear                         body.0                      "
            "[4, 8] -> [4, 2]\n"
            "               -             - prefill      0 Re\\u000aLU                     act                         "
            "[4, 2] -> [4, 2]\n");
}

TEST(CallReportsTest, AnEmptyTrace) {
  EXPECT_EQ(written({}, {true, true, false, true}),
            "events by type and name: none\n\nlayers in creation order: none\n\nfunctions by type and name: none\n");
}
