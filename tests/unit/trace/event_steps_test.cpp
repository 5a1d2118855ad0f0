/// Events as steps, and steps as events again.
#include "trace/event_steps.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "trace/event_compare.hpp"

using namespace upmem_des;

namespace {

class Events : public EventSource {
 public:
  explicit Events(std::vector<LayerEvent> events) : events_(std::move(events)) {
    for (std::size_t i = 0; i < events_.size(); ++i) events_[i].seq = static_cast<std::int64_t>(i);
  }
  const TraceHeader& header() const override { return header_; }
  bool next(LayerEvent& event) override {
    if (at_ == events_.size()) return false;
    event = events_[at_++];
    return true;
  }
  const LayerEvent& operator[](std::size_t i) const { return events_[i]; }

 private:
  TraceHeader header_;
  std::vector<LayerEvent> events_;
  std::size_t at_ = 0;
};

LayerEvent event(const char* name, std::int64_t step, std::int64_t rows, std::vector<std::int64_t> deps = {}) {
  LayerEvent made;
  made.type = Name("Linear");
  made.name = Name(name);
  made.path = Name(std::string("net.") + name);
  made.id = name[0];
  made.step = step;
  made.phase = step == 0 ? Phase::Prefill : Phase::Decode;
  made.input_shape = Shape{rows, 8};
  made.output_shape = Shape{rows, 8};
  made.weight_shape = Shape{8, 8};
  made.deps = std::move(deps);
  return made;
}

/// The steps of events; each event has to come out again as it went in.
std::vector<StepCalls> steps_of(std::vector<LayerEvent> list) {
  const std::vector<LayerEvent> copy = list;
  Events events(std::move(list));
  EventSteps source(events);
  std::vector<StepCalls> steps;
  std::size_t at = 0;
  Progress progress;
  for (StepCalls step; next_at_once(source, progress, step);) {
    for (std::size_t i = 0; i < step.size(); ++i, ++at) EXPECT_EQ("", first_difference(events[at], step.event(i)));
    steps.push_back(step);
  }
  EXPECT_EQ(copy.size(), at);
  return steps;
}

}  // namespace

TEST(EventSteps, AStreamOfNothingHasNone) {
  EXPECT_TRUE(steps_of({}).empty());
}

TEST(EventSteps, EqualCallsAreOne) {
  const auto steps = steps_of({event("a", 0, 4), event("b", 0, 4, {0}), event("a", 0, 4, {0, 1}), event("a", 0, 5)});
  ASSERT_EQ(1U, steps.size());
  EXPECT_EQ(3U, steps[0].calls.size());
  EXPECT_EQ(steps[0].sequence->sites[0].call, steps[0].sequence->sites[2].call);
}

TEST(EventSteps, StepsThatCallTheSameShareTheirOrder) {
  const auto steps = steps_of({event("a", 0, 9), event("b", 0, 9, {0}), event("a", 1, 1, {1}), event("b", 1, 1, {2}),
                               event("a", 2, 1, {3}), event("b", 2, 2, {4})});
  ASSERT_EQ(3U, steps.size());
  // The phase tells the first from the others; in the last only a size is another.
  EXPECT_NE(steps[0].sequence, steps[1].sequence);
  EXPECT_EQ(steps[1].sequence, steps[2].sequence);
  EXPECT_EQ((Shape{2, 8}), steps[2].calls[1].input_shape);
  EXPECT_EQ(2, steps[2].step);
  EXPECT_EQ(4, steps[2].first_seq);
}

TEST(EventSteps, CallsThatWereOneMayPart) {
  // Two calls of the same sizes, and then of sizes of their own.
  const auto steps = steps_of(
      {event("a", 1, 3), event("a", 1, 3), event("a", 2, 3), event("a", 2, 4), event("a", 3, 4), event("a", 3, 5)});
  ASSERT_EQ(3U, steps.size());
  EXPECT_EQ(1U, steps[0].calls.size());
  EXPECT_EQ(2U, steps[1].calls.size());
  EXPECT_EQ(2U, steps[2].calls.size());
}

TEST(EventSteps, WhatIsMoreOrLessOrOtherIsAnotherOrder) {
  const auto steps = steps_of({event("a", 1, 1), event("b", 1, 1), event("a", 2, 1), event("b", 2, 1), event("c", 2, 1),
                               event("a", 3, 1), event("a", 4, 1, {5}), event("a", 5, 1, {4})});
  ASSERT_EQ(5U, steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i)
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(steps[i].sequence, steps[j].sequence) << i << " " << j;
}

TEST(EventSteps, ALongStepIsCut) {
  std::vector<LayerEvent> events;
  for (std::size_t i = 0; i < EventSteps::largest + 5; ++i)
    events.push_back(event(
        "a", 0, 1, i == 0 ? std::vector<std::int64_t>() : std::vector<std::int64_t>{static_cast<std::int64_t>(i) - 1}));
  const auto steps = steps_of(events);
  ASSERT_EQ(2U, steps.size());
  EXPECT_EQ(EventSteps::largest, steps[0].size());
  EXPECT_EQ(5U, steps[1].size());
}
