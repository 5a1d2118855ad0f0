/// Sequences of different lengths in one batch.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trace/event_compare.hpp"
#include "unit/model/streams.hpp"
#include "upmem_des/model/family_registry.hpp"
#include "upmem_des/util/error.hpp"
#include "workload/fixed_run.hpp"

using namespace upmem_des;

namespace {

DecoderRun ragged_run(std::vector<std::int64_t> prompts, std::int64_t output_tokens) {
  DecoderRun run = small_run(*std::max_element(prompts.begin(), prompts.end()), output_tokens,
                             static_cast<std::int64_t>(prompts.size()));
  run.prompts = std::move(prompts);
  return run;
}

const LayerEvent& find(const std::vector<LayerEvent>& events, std::int64_t step, const std::string& name) {
  for (const LayerEvent& event : events)
    if (event.step == step && event.name == Name(name)) return event;
  throw std::runtime_error("no " + name);
}

}  // namespace

TEST(RaggedRun, RowsOfAllSequencesFollowEachOther) {
  DecoderRun run = ragged_run({5, 2, 2}, 3);
  const std::vector<LayerEvent> events = events_of(small_config("llama"), run);
  EXPECT_EQ("[1, 9, 8]", find(events, 0, "q_proj").input_shape.str());
  EXPECT_EQ("[1, 9, 50]", find(events, 0, "lm_head").output_shape.str());
  EXPECT_EQ("[1, 4, 9, 2]", find(events, 0, "attn_output").input_shape.str());
  EXPECT_EQ("[1, 3, 8]", find(events, 2, "q_proj").input_shape.str());
  // Keys: 5 + 2, and twice 2 + 2.
  EXPECT_EQ("[1, 4, 15, 2]", find(events, 2, "attn_output").input_shape.str());
  EXPECT_EQ("[1, 4, 3, 2]", find(events, 2, "attn_output").output_shape.str());
  ASSERT_NE(nullptr, find(events, 2, "attn_output").slices);
  EXPECT_THAT(*find(events, 0, "attn_output").slices, testing::ElementsAre(Slice{0, 1, 5, 0}, Slice{1, 2, 2, 0}));
  EXPECT_THAT(*find(events, 2, "attn_output").slices, testing::ElementsAre(Slice{0, 1, 1, 6}, Slice{1, 2, 1, 3}));
  EXPECT_EQ(nullptr, find(events, 2, "q_proj").slices);
  EXPECT_EQ(Phase::Prefill, find(events, 0, "q_proj").phase);
  EXPECT_EQ(Phase::Decode, find(events, 1, "q_proj").phase);
  run.logits = Logits::last;
  EXPECT_EQ("[1, 3, 50]", find(events_of(small_config("llama"), run), 0, "lm_head").output_shape.str());
}

TEST(RaggedRun, EqualPromptsAreABatch) {
  for (const char* type : {"llama", "mixtral"}) {
    const std::vector<LayerEvent> listed = events_of(small_config(type), ragged_run({4, 4, 4}, 3));
    const std::vector<LayerEvent> batch = events_of(small_config(type), small_run(4, 3, 3));
    ASSERT_EQ(batch.size(), listed.size());
    for (std::size_t i = 0; i < batch.size(); ++i) EXPECT_EQ("", first_difference(batch[i], listed[i]));
  }
}

TEST(RaggedRun, ExpertsGetTheRowsOfAllSequences) {
  for (const Routing routing : {Routing::round_robin, Routing::balanced, Routing::uniform_random, Routing::zipf}) {
    DecoderRun run = ragged_run({5, 2, 2, 7}, 3);
    run.routing = routing;
    std::int64_t rows = 0;
    for (const LayerEvent& event : events_of(small_config("mixtral"), run))
      if (event.step == 2 && event.name == Name("w1")) rows += event.input_shape[0];
    // Each of four new rows goes to two of the four experts.
    EXPECT_EQ(4 * 2, rows) << to_string(routing);
  }
}

TEST(RaggedRun, WhatItCannotBe) {
  const auto error = [](const DecoderRun& run) {
    try {
      DecoderSource(small_config("llama"), run, {"scenario.yaml", 4});
    } catch (const InputError& problem) {
      return std::string(problem.what());
    }
    return std::string();
  };
  DecoderRun run = ragged_run({5, 2}, 3);
  EXPECT_EQ("", error(run));
  run.batch = 3;
  EXPECT_EQ("scenario.yaml:4: prompt_tokens: 2 prompts for a batch of 3 rows; expected one for each", error(run));
  run = ragged_run({5, 2}, 3);
  run.prompts[1] = 0;
  EXPECT_EQ("scenario.yaml:4: prompt_tokens: 0; expected a whole number from 1 to 5, the longest", error(run));
  run = ragged_run({5, 2}, 3);
  run.attention = Attention::eager;
  EXPECT_EQ(
      "scenario.yaml:4: attention: eager pads prompts to one length, which is not simulated; expected sdpa with "
      "prompts of different lengths",
      error(run));
  run = ragged_run({5, 5}, 3);
  run.attention = Attention::eager;
  EXPECT_EQ("", error(run)) << "one length";
}

namespace {

/// Two sequences of which the second comes later, and the first goes earlier.
class Staggered : public StepSource {
 public:
  Answer next(const Progress& progress, StepSlices& step) override {
    static const std::vector<std::vector<Slice>> steps{
        {{0, 1, 4, 0}}, {{0, 1, 1, 4}}, {{0, 1, 1, 5}, {1, 1, 3, 0}}, {{0, 1, 1, 6}, {1, 1, 1, 3}},
        {{1, 1, 1, 4}}, {{1, 1, 1, 5}}};
    if (at_ == steps.size()) return Answer::end();
    if (at_ == 2 && progress.now_s < 3) return Answer::wait_until(3);
    if (progress.ended_steps < static_cast<std::int64_t>(at_)) return Answer::wait_for_a_step();
    step.number = static_cast<std::int64_t>(at_);
    step.slices = steps[at_++];
    return Answer::step();
  }

 private:
  std::size_t at_ = 0;
};

DecoderSource staggered(bool sampling) {
  DecoderRun run = small_run(8, 8, 2);
  run.sampling = sampling;
  return {small_config("llama", 2), run, std::make_unique<Staggered>()};
}

}  // namespace

TEST(RaggedRun, StepsOfAnySourceAreTheEventsOfTheirSlices) {
  for (const bool sampling : {false, true}) {
    DecoderSource events = staggered(sampling), steps = staggered(sampling);
    LayerEvent expected;

    StepCalls step;
    Progress progress;
    while (next_at_once(steps, progress, step))
      for (std::size_t i = 0; i < step.size(); ++i) {
        ASSERT_TRUE(events.next(expected));
        ASSERT_EQ("", first_difference(expected, step.event(i)));
      }
    EXPECT_FALSE(events.next(expected));
    EXPECT_DOUBLE_EQ(3, progress.now_s);
    // Who waits for each step has its sampling as a step of its own.
    EXPECT_EQ(sampling ? 12 : 6, progress.ended_steps);
  }
}
