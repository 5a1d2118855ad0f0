#include "scenario/recorded_scenario.hpp"

#include <gtest/gtest.h>

#include "scenario/scenario_writer.hpp"
#include "support/temporary_folder.hpp"
#include "upmem_des/trace/layer_event.hpp"

using namespace upmem_des;
using upmem_des::test::input_error;

namespace {

RecordedTrace trace() {
  RecordedTrace trace;
  trace.header.model = "net";
  trace.events.resize(1);
  return trace;
}

std::string problem(const MappingLines& mapping, const std::string& default_device = "") {
  return input_error([&] { scenario_for(trace(), mapping, default_device); });
}

}  // namespace

TEST(RecordedScenarioTest, LinesAsInAFile) {
  const Scenario scenario = scenario_for(trace(), {{"fc1", "PIM-AI-1chip,t"}, {"Linear", "H100"}}, "HOST");
  EXPECT_EQ(scenario.name, "net");
  ASSERT_TRUE(scenario.workload.recorded);
  EXPECT_EQ(scenario.workload.recorded->events.size(), 1U);
  EXPECT_EQ(scenario.workload.last_layer, "");
  ASSERT_EQ(scenario.mapping.lines.size(), 2U);
  EXPECT_EQ(scenario.mapping.lines[0].layer, "fc1");
  EXPECT_EQ(scenario.mapping.lines[0].device, "PIM-AI-1chip");
  EXPECT_EQ(scenario.mapping.lines[0].flags, "t");
  EXPECT_EQ(scenario.mapping.lines[1].device, "H100");
  ASSERT_TRUE(scenario.mapping.default_device);
  EXPECT_EQ(scenario.mapping.default_device->device, "HOST");
  EXPECT_FALSE(scenario_for(trace(), {}).mapping.default_device);
  EXPECT_TRUE(files_of(scenario.workload).empty());
}

TEST(RecordedScenarioTest, BadLines) {
  EXPECT_EQ(problem({{"fc1", ""}}),
            "mapping.fc1: empty; expected a device, or a device and flags such as PIM-AI-4chip,t");
  EXPECT_EQ(problem({{"fc1", ",t"}}), "mapping.fc1: no device before the comma; expected one such as PIM-AI-4chip,t");
  EXPECT_EQ(problem({{"fc1", "H100"}, {"fc1", "HOST"}}), "mapping.fc1: is named twice; expected each layer once");
  for (const char* key : {"default", "experts", "layers", "prefill", "decode"})
    EXPECT_EQ(problem({{key, "H100"}}), std::string("mapping.") + key +
                                            ": no layer's name in a mapping; expected it to be set in "
                                            "Scenario::mapping");
  EXPECT_EQ(problem({}, "H100,t"), "mapping.default: flags on the default device; expected them on named layers only");
}

TEST(RecordedScenarioTest, CannotBeWritten) {
  EXPECT_EQ(input_error([] { scenario_yaml(scenario_for(trace(), {})); }),
            "a scenario on a trace in memory; expected one on a file to be written");
}
