/// A trace that changes after it was checked makes the run fail.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <functional>

#include "run/checked_scenario.hpp"
#include "run/input_digest.hpp"
#include "run/prepared_run.hpp"
#include "run/run.hpp"
#include "scenario/scenario_reader.hpp"
#include "support/temporary_folder.hpp"
#include "upmem_des/trace/jsonl_writer.hpp"
#include "upmem_des/trace/recorded_trace.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

namespace fs = std::filesystem;

constexpr const char* changed_since =
    ": its contents have changed since they were checked; expected a file that stays as it is until the run ends";

/// More than the reader holds at a time, so that the end is read late.
RecordedTrace long_trace(std::int64_t out, const char* type = "Linear") {
  RecordedTrace trace;
  for (std::int64_t seq = 0; seq < 2'000; ++seq) {
    LayerEvent event;
    event.seq = seq;
    event.type = Name(type);
    event.name = event.path = Name("fc");
    event.id = 0;
    event.step = seq;
    event.phase = seq == 0 ? Phase::Prefill : Phase::Decode;
    event.input_shape = Shape{1, 100};
    event.weight_shape = Shape{100, out};
    event.output_shape = Shape{1, out};
    trace.events.push_back(event);
  }
  return trace;
}

class ChangedTraceTest : public testing::TestWithParam<const char*> {
 protected:
  ChangedTraceTest() {
    ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
    write_trace(trace_, long_trace(200));
    // A warning comes once all of the trace has been checked.
    scenario_ = folder_.write(
        "s.yaml", "workload: {trace: " + name_ + ", last_layer: fc}\nmapping: {default: H100, no_such_layer: H100}\n");
  }

  std::string written(const char* name, const RecordedTrace& trace) {
    write_trace(folder_.path(name), trace);
    return read_bytes(folder_.path(name));
  }

  /// The message of a run whose trace is changed when it has been checked.
  std::string run_changed(const std::function<void()>& change) {
    return input_error([&] { run_isolated(load_scenario(scenario_), [&](const std::string&) { change(); }); });
  }

  std::string changed() const { return trace_ + changed_since; }

  const TemporaryFolder folder_;
  const std::string name_ = GetParam();
  const std::string trace_ = folder_.path(name_);
  std::string scenario_;
};

TEST_P(ChangedTraceTest, StaysAsItWas) {
  EXPECT_EQ(run_changed([] {}), "no error");
  EXPECT_EQ(run_changed([&] { folder_.write(name_, read_bytes(trace_)); }), "no error") << "the same once more";
}

TEST_P(ChangedTraceTest, InPlaceAndByRenaming) {
  const std::string before = read_bytes(trace_);
  const std::string other = written(("other_" + name_).c_str(), long_trace(300));
  EXPECT_EQ(run_changed([&] { folder_.write(name_, other); }), changed());
  folder_.write(name_, before);
  EXPECT_EQ(run_changed([&] { fs::rename(folder_.path("other_" + name_), trace_); }), changed());
}

TEST_P(ChangedTraceTest, LongerAndShorter) {
  const std::string before = read_bytes(trace_);
  for (const std::size_t size : {before.size() - 1, before.size() / 2, std::size_t{1}, std::size_t{0}}) {
    folder_.write(name_, before);
    EXPECT_EQ(run_changed([&] { fs::resize_file(trace_, size); }), changed()) << size;
  }
  for (const char* more : {"\n", "x", "{\"seq\":2000}\n"}) {
    folder_.write(name_, before);
    EXPECT_EQ(run_changed([&] { folder_.write(name_, before + more); }), changed());
  }
}

TEST_P(ChangedTraceTest, IntoWhatCannotRun) {
  const std::string other = written(("other_" + name_).c_str(), long_trace(200, "NoRuleForThis"));
  EXPECT_EQ(run_changed([&] { folder_.write(name_, other); }), changed());
}

TEST_P(ChangedTraceTest, BetweenTwoCostModels) {
  // What --compare-with does.
  const Scenario scenario = load_scenario(scenario_);
  const PreparedRun prepared(scenario, [](const std::string&) {});
  EXPECT_NO_THROW(run_isolated(prepared.scenario()));
  folder_.write(name_, written(("other_" + name_).c_str(), long_trace(300)));
  EXPECT_EQ(input_error([&] { run_isolated(prepared.scenario()); }), changed());
  Scenario elsewhere = prepared.scenario();
  elsewhere.workload.trace = folder_.path("other_" + name_);
  EXPECT_NO_THROW(run_isolated(elsewhere)) << "another file need not be the same";
}

TEST_P(ChangedTraceTest, TheDigestIsOfWhatWasRead) {
  const Scenario scenario = load_scenario(scenario_);
  const std::string inputs = check_scenario(scenario, [](const std::string&) {}).inputs;
  const PreparedRun prepared(scenario, [](const std::string&) {});
  folder_.write(name_, written(("other_" + name_).c_str(), long_trace(300)));
  EXPECT_EQ(input_digest(prepared.scenario(), prepared.platform()), inputs);
  EXPECT_NE(input_digest(scenario, prepared.platform()), inputs) << "which nobody has read";
}

INSTANTIATE_TEST_SUITE_P(, ChangedTraceTest, testing::Values("t.jsonl", "t.jsonl.gz"),
                         [](const auto& instance) { return std::string(instance.index == 0 ? "plain" : "gzip"); });

TEST(InputFilesTest, FilesThatChange) {
  ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1);
  const TemporaryFolder folder;
  const std::string platform = folder.write("p.yaml", "devices: [{name: dev, architecture: H100}]\n");
  const Scenario scenario = load_scenario(
      folder.write("s.yaml",
                   "platform: p.yaml\nworkload: {model: models/llama-2-7b.json, prompt_tokens: 4, output_tokens: 1}\n"
                   "mapping: {default: dev}\n"));
  const InputFiles files(scenario, InputFiles::Extent::WithoutNetwork);
  const std::string before = files.digest(platform);
  EXPECT_NO_THROW(files.expect_same());
  folder.write("p.yaml", "devices: [{name: dev, architecture: H100, count: 2}]\n");
  EXPECT_EQ(files.digest(platform), before) << "as it was before it was read";
  const std::string message = input_error([&] { files.expect_same(); });
  EXPECT_EQ(message, platform + changed_since);
  std::filesystem::remove(platform);
  EXPECT_EQ(input_error([&] { files.expect_same(); }), message) << "a missing one, too";
}

}  // namespace
