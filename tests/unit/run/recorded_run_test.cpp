/// A trace in memory runs like the same trace in a file.
#include <gtest/gtest.h>

#include <cstdlib>

#include "run/run.hpp"
#include "scenario/recorded_scenario.hpp"
#include "scenario/scenario_reader.hpp"
#include "support/temporary_folder.hpp"
#include "trace/recorded_source.hpp"
#include "upmem_des/trace/jsonl_writer.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

LayerEvent linear(std::int64_t seq, const char* name, std::int64_t in, std::int64_t out) {
  LayerEvent event;
  event.seq = seq;
  event.type = Name("Linear");
  event.name = event.path = Name(name);
  event.id = seq % 2;
  event.step = seq / 2;
  event.phase = event.step == 0 ? Phase::Prefill : Phase::Decode;
  event.input_shape = Shape{4, in};
  event.weight_shape = Shape{in, out};
  event.output_shape = Shape{4, out};
  return event;
}

/// Two passes of two layers.
RecordedTrace two_passes() {
  RecordedTrace trace;
  trace.header.model = "net";
  trace.header.batch = 4;
  for (std::int64_t step = 0; step < 2; ++step) {
    trace.events.push_back(linear(2 * step, "fc1", 100, 200));
    trace.events.push_back(linear(2 * step + 1, "fc2", 200, 10));
  }
  return trace;
}

}  // namespace

TEST(RecordedRunTest, EqualsTheFile) {
  ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
  const TemporaryFolder folder;
  RecordedSource source(std::make_shared<const RecordedTrace>(two_passes()));
  write_trace(folder.path("t.jsonl"), source);
  const Scenario of_file = load_scenario(folder.write(
      "s.yaml", "workload: {trace: t.jsonl, last_layer: fc2}\nmapping: {default: H100, fc1: 'PIM-AI-1chip,t'}\n"));
  const SimulationResult expected = run_isolated(of_file);
  std::vector<std::string> warnings;
  const SimulationResult result = run_isolated(scenario_for(two_passes(), {{"fc1", "PIM-AI-1chip,t"}}, "H100"),
                                               [&](const std::string& warning) { warnings.push_back(warning); });
  EXPECT_TRUE(warnings.empty());
  EXPECT_EQ(result.events, 4);
  EXPECT_EQ(result.events, expected.events);
  EXPECT_EQ(result.batch, 4);
  EXPECT_EQ(result.model, "net");
  EXPECT_GT(result.time_s, 0);
  EXPECT_EQ(result.time_s, expected.time_s);
  EXPECT_EQ(result.energy_J(), expected.energy_J());
  // The end of a pass was found: one of two is prefill.
  EXPECT_GT(result.phases[1].time_s, 0);
  EXPECT_EQ(result.phases[0].time_s, expected.phases[0].time_s);
}
