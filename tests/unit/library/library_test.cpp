/// The library as programs of others have it: its front door and nothing else.
#include <gtest/gtest.h>

#include <cstdlib>

#include "support/temporary_folder.hpp"
#include "upmem_des/upmem_des.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

constexpr const char* served = R"(workload:
  model: models/llama-2-7b.json
  requests: {arrivals: {process: constant, rate: 1}, count: 3, prompt_tokens: 8, output_tokens: 2}
mapping: {default: H100-80GB-SXM}
)";

class LibraryTest : public ::testing::Test {
 protected:
  LibraryTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  /// Without the folder's name.
  std::string message(const std::function<void()>& action) const {
    std::string text = input_error(action);
    const std::size_t at = text.find(folder_.str() + "/");
    return at == std::string::npos ? text : text.erase(at, folder_.str().size() + 1);
  }

  const TemporaryFolder folder_;
};

/// A pass of two layers of four rows.
RecordedTrace two_layers() {
  RecordedTrace trace;
  trace.header.model = "net";
  trace.header.batch = 4;
  for (std::int64_t i = 0; i < 2; ++i) {
    LayerEvent event;
    event.seq = i;
    event.type = Name("Linear");
    event.name = event.path = Name(i == 0 ? "fc1" : "fc2");
    event.id = i;
    event.input_shape = Shape{4, 100};
    event.weight_shape = Shape{100, 100};
    event.output_shape = Shape{4, 100};
    trace.events.push_back(event);
  }
  return trace;
}

class CountedRequests : public RequestObserver {
 public:
  void on_request(const RequestRecord&) override { ++count; }
  int count = 0;
};

}  // namespace

TEST_F(LibraryTest, SettingsStandInPlaceOfTheFile) {
  const LoadedScenario scenario("llama-2-7b_4chip.yaml", {{"workload.batch", "2"}, {"workload.batch", "3"}});
  EXPECT_EQ(scenario.title(),
            "Llama-2-7B, 64 tokens in, 16 out, on a 4-chip PIM-AI (workload.batch=2, workload.batch=3)");
  EXPECT_FALSE(scenario.serves_requests());
  EXPECT_NE(scenario.yaml().find("\n  batch: 3\n"), std::string::npos) << scenario.yaml();
  EXPECT_EQ(run_isolated(scenario).batch, 3);
}

TEST_F(LibraryTest, AWrongSettingIsCalledOne) {
  EXPECT_EQ(message([] {
              LoadedScenario("llama-2-7b_4chip.yaml", {{"workload.batch", "0"}});
            }),
            "setting: workload.batch: '0'; expected a whole number from 1 to 1000000");
}

TEST_F(LibraryTest, WhatServesIsNotRun) {
  const LoadedScenario scenario(folder_.write("s.yaml", served));
  ASSERT_TRUE(scenario.serves_requests());
  const char* const expected =
      "s.yaml: workload.requests: are served; expected serve(), or a scenario without requests";
  EXPECT_EQ(message([&] { run(scenario); }), expected);
  EXPECT_EQ(message([&] { run_isolated(scenario); }), expected);
  EXPECT_EQ(message([&] { PreparedScenario prepared(scenario); }), expected);
}

TEST_F(LibraryTest, WhatRunsIsNotServed) {
  const LoadedScenario scenario(folder_.write("s.yaml",
                                              "workload: {model: models/llama-2-7b.json, prompt_tokens: 4, "
                                              "output_tokens: 1}\nmapping: {default: H100}\n"));
  const char* const expected =
      "s.yaml: workload.requests: missing; expected what a server is asked, or run() for this scenario";
  EXPECT_EQ(message([&] { serve(scenario); }), expected);
  EXPECT_EQ(message([&] { serve_isolated(scenario); }), expected);
}

TEST_F(LibraryTest, RequestsAreServedAndTold) {
  CountedRequests counted;
  ServeOptions options;
  options.requests.push_back(&counted);
  const ServingRun served_run = serve(LoadedScenario(folder_.write("s.yaml", served)), options);
  EXPECT_EQ(counted.count, 3);
  EXPECT_EQ(served_run.serving.submitted, 3);
  EXPECT_EQ(served_run.serving.refused, 0);
  EXPECT_NE(serving_json(served_run).find("\"serving\""), std::string::npos);
}

TEST_F(LibraryTest, ServersAreComparedInOneProgram) {
  const LoadedScenario one(folder_.write("s.yaml", served));
  const LoadedScenario twice(folder_.write("s.yaml", served), {{"workload.requests.count", "6"}});
  const ServingRun first = serve_isolated(one);
  EXPECT_EQ(serve_isolated(twice).serving.submitted, 6);
  const ServingRun again = serve_isolated(one);
  EXPECT_EQ(again.serving.makespan_s, first.serving.makespan_s);
  EXPECT_EQ(again.machine.what_was_run.inputs, first.machine.what_was_run.inputs);
  EXPECT_EQ(first.machine.what_was_run.inputs.size(), 32U);
  const ServingRun here = serve(one);
  EXPECT_EQ(here.serving.makespan_s, first.serving.makespan_s);
  EXPECT_EQ(here.machine.what_was_run.inputs, first.machine.what_was_run.inputs);
}

/// The digest changes with what decides the numbers, and with nothing else.
TEST_F(LibraryTest, AResultSaysWhatDecidedIt) {
  const std::string text =
      "workload: {model: models/llama-2-7b.json, prompt_tokens: 4, output_tokens: 1}\nmapping: {default: H100}\n";
  const LoadedScenario scenario(folder_.write("a.yaml", text));
  const PreparedScenario prepared(scenario);
  const std::string digest = prepared.inputs();
  EXPECT_EQ(digest.size(), 32U);
  EXPECT_EQ(run_isolated(scenario).what_was_run.inputs, digest);
  EXPECT_EQ(PreparedScenario(LoadedScenario(folder_.write("b.yaml", "name: other\n" + text))).inputs(), digest);
  EXPECT_NE(PreparedScenario(LoadedScenario(folder_.write("c.yaml", text), {{"workload.batch", "2"}})).inputs(),
            digest);
  EXPECT_EQ(run(prepared).what_was_run.inputs, digest);
}

TEST_F(LibraryTest, ATraceInMemoryNeedsNoFile) {
  TraceSettings settings;
  settings.dtype = NumberFormat::float32;
  settings.last_layer = "fc2";
  const LoadedScenario scenario(two_layers(), {{"fc1", "PIM-AI-1chip,t"}}, "PIM-AI-1chip", settings);
  EXPECT_EQ(scenario.title(), "net");
  const SimulationResult result = run_isolated(scenario);
  EXPECT_EQ(result.events, 2);
  EXPECT_EQ(result.forward_passes, 1);
  EXPECT_EQ(result.dtype, NumberFormat::float32);
  EXPECT_EQ(result.what_was_run.inputs, "");
}

/// Weights of both layers: 2 x 100 x 100 x 2 bytes.
TEST_F(LibraryTest, APreparedScenarioSaysWhatItRunsOn) {
  const PreparedScenario prepared(LoadedScenario(two_layers(), {}, "PIM-AI-1chip"));
  ASSERT_EQ(prepared.platform().devices.size(), 2u);
  EXPECT_EQ(prepared.platform().devices[1].name, "PIM_AI_1chip");
  EXPECT_EQ(prepared.weights_B(), (std::vector<double>{0, 40'000}));
  EXPECT_EQ(prepared.events(), 2);
}

TEST_F(LibraryTest, TimelinesBecomeFilesWhenTheyAreCommitted) {
  const PreparedScenario prepared(LoadedScenario(two_layers(), {}, "PIM-AI-1chip"));
  const auto perfetto = perfetto_timeline(folder_.path("run.json"), prepared.platform(), "a run");
  const auto paje = paje_timeline(folder_.path("run.paje"), prepared.platform(), "a run");
  const auto chart = chart_timeline(prepared.platform());
  Timeline timeline(prepared.platform(), prepared.weights_B(), {});
  for (TimelineWriter* const writer : std::vector<TimelineWriter*>{perfetto.get(), paje.get(), chart.get()})
    timeline.add(*writer);
  RunOptions options;
  options.watcher = &timeline;
  run(prepared, options);
  EXPECT_TRUE(folder_.names().empty());
  perfetto->commit();
  paje->commit();
  EXPECT_EQ(folder_.names(), (std::vector<std::string>{"run.json", "run.paje"}));
  EXPECT_NE(chart->json().find("fc2"), std::string::npos);
}
