/// The stream of steps is the stream of events: of every configuration there is, with and without sampling.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "model/decoder_source.hpp"
#include "operation/operation_text.hpp"
#include "trace/event_compare.hpp"
#include "trace/event_steps.hpp"
#include "upmem_des/model/family_registry.hpp"
#include "upmem_des/trace/recognise.hpp"

using namespace upmem_des;

namespace {

std::vector<std::string> configurations() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(PROJECT_DIR "/tests/data/models"))
    if (entry.path().extension() == ".json") files.push_back(entry.path().string());
  std::sort(files.begin(), files.end());
  return files;
}

void expect_same(const LayerEvent& expected, const LayerEvent& actual) {
  ASSERT_EQ("", first_difference(expected, actual));
  ASSERT_EQ(text_of(operation_of(expected)), text_of(operation_of(actual))) << expected.name.str();
  ASSERT_EQ(expected.ends_pass, actual.ends_pass) << expected.name.str();
}

/// All events of `steps` are those of `events`; gives the different orders of calls.
std::size_t expect_same(EventSource& events, CallSource& steps) {
  std::set<const CallSequence*> orders;
  std::vector<std::shared_ptr<const CallSequence>> kept;
  StepCalls step;
  LayerEvent expected;
  Progress progress;
  while (next_at_once(steps, progress, step)) {
    orders.insert(step.sequence.get());
    kept.push_back(step.sequence);
    for (std::size_t i = 0; i < step.size(); ++i) {
      EXPECT_TRUE(events.next(expected));
      expect_same(expected, step.event(i));
      if (::testing::Test::HasFatalFailure()) return 0;
    }
  }
  EXPECT_FALSE(events.next(expected));
  return orders.size();
}

DecoderRun run_of(bool sampling) {
  DecoderRun run;
  run.prompt_tokens = 5;
  run.output_tokens = 6;
  run.batch = 2;
  run.sampling = sampling;
  return run;
}

}  // namespace

TEST(DecoderSteps, AreTheEventsOfEveryModel) {
  ASSERT_GT(configurations().size(), 20U);
  for (const std::string& file : configurations())
    for (const bool sampling : {false, true}) {
      SCOPED_TRACE(file);
      const DecoderConfig config = read_model_config(file);
      DecoderRun run = run_of(sampling);
      if (describe_decoder(config).vocab_size == 0) run.sampling = false;
      DecoderSource events(config, run), steps(config, run);
      expect_same(events, steps);
    }
}

TEST(DecoderSteps, AreTheStepsOfTheEvents) {
  for (const std::string& file : configurations()) {
    SCOPED_TRACE(file);
    const DecoderConfig config = read_model_config(file);
    DecoderSource source(config, run_of(false)), events(config, run_of(false));
    EventSteps steps(source);
    expect_same(events, steps);
  }
}

TEST(DecoderSteps, DecodeStepsOfADenseModelShareTheirOrder) {
  const DecoderConfig config = read_model_config(PROJECT_DIR "/tests/data/models/llama-2-7b.json");
  for (const bool sampling : {false, true}) {
    DecoderSource events(config, run_of(sampling)), steps(config, run_of(sampling));
    // Prefill, decode and, after the last pass, sampling alone.
    EXPECT_EQ(sampling ? 3U : 2U, expect_same(events, steps));
    DecoderSource source(config, run_of(sampling)), again(config, run_of(sampling));
    EventSteps found(source);
    EXPECT_EQ(sampling ? 3U : 2U, expect_same(again, found));
  }
}

TEST(DecoderSteps, AStepHasNoMoreCallsThanItHasDifferentOnes) {
  const DecoderConfig config = read_model_config(PROJECT_DIR "/tests/data/models/llama-2-70b.json");
  DecoderSource steps(config, run_of(false));
  StepCalls step;
  Progress progress;
  while (next_at_once(steps, progress, step)) {
    EXPECT_GT(step.size(), 80U * 11);
    EXPECT_EQ(15U, step.calls.size());
  }
}
