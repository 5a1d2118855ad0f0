#include "upmem_des/trace/recorded_trace.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "support/temporary_folder.hpp"
#include "trace/last_layer.hpp"
#include "trace/recorded_source.hpp"

using namespace upmem_des;
using upmem_des::test::input_error;

namespace {

LayerEvent layer(const char* name, const char* path, std::int64_t step = 0) {
  LayerEvent event;
  event.type = Name("ReLU");
  event.name = Name(name);
  event.path = Name(path);
  event.step = step;
  event.phase = step == 0 ? Phase::Prefill : Phase::Decode;
  event.input_shape = event.output_shape = Shape{2, 3};
  event.weight_shape = Shape{1, 1};
  return event;
}

std::shared_ptr<RecordedTrace> trace(std::vector<LayerEvent> events) {
  auto trace = std::make_shared<RecordedTrace>();
  trace->header.model = "net";
  trace->events = std::move(events);
  for (std::size_t i = 0; i < trace->events.size(); ++i) trace->events[i].seq = static_cast<std::int64_t>(i);
  return trace;
}

std::string last_of(const std::vector<LayerEvent>& events) {
  RecordedSource source(trace(events));
  return last_layer_of(source);
}

}  // namespace

TEST(RecordedTraceTest, GivesItsEventsInOrder) {
  RecordedSource source(trace({layer("a", "a"), layer("b", "x.b")}));
  EXPECT_EQ(source.header().model, "net");
  LayerEvent event;
  ASSERT_TRUE(source.next(event));
  EXPECT_EQ(event.name, "a");
  ASSERT_TRUE(source.next(event));
  EXPECT_EQ(event.path, "x.b");
  EXPECT_FALSE(source.next(event));
  EXPECT_FALSE(source.next(event));
  RecordedSource again(trace({layer("a", "a"), layer("b", "x.b")}));
  const RecordedTrace all = read_all(again);
  EXPECT_EQ(all.header.model, "net");
  ASSERT_EQ(all.events.size(), 2U);
  EXPECT_EQ(all.events[1].name, "b");
}

TEST(RecordedTraceTest, HoldsEventsToTheRules) {
  const auto problem = [](const std::shared_ptr<RecordedTrace>& bad) {
    RecordedSource source(bad);
    return input_error([&] { read_all(source); });
  };
  EXPECT_EQ(problem(trace({})), "a recorded trace without events; expected at least one");
  auto bad = trace({layer("a", "a"), layer("b", "b")});
  bad->events[1].seq = 5;
  EXPECT_EQ(problem(bad), "event 1: seq: 5; expected 1");
  bad = trace({layer("a", "a")});
  bad->events[0].weight_shape.reset();
  EXPECT_EQ(problem(bad), "event 0: weight_shape: null on a layer; expected 2 sizes");
  bad = trace({layer("a", "a")});
  bad->events[0].kind = EventKind::Communication;
  EXPECT_EQ(problem(bad), "event 0: kind: communication; expected layer or function");
}

/// A header in memory is held to what one in a file is.
TEST(RecordedTraceTest, HoldsItsHeaderToTheRules) {
  const auto problem = [](const std::function<void(TraceHeader&)>& change) {
    const auto bad = trace({layer("a", "a")});
    change(bad->header);
    return input_error([&] { RecordedSource source(bad); });
  };
  const std::string from_1 = "; expected a whole number from 1 to 1000000000";
  EXPECT_EQ(problem([](TraceHeader& header) { header.batch = 0; }), "header: batch: 0" + from_1);
  EXPECT_EQ(problem([](TraceHeader& header) { header.batch = 1'000'000'001; }), "header: batch: 1000000001" + from_1);
  EXPECT_EQ(problem([](TraceHeader& header) { header.vocab_size = -3; }), "header: vocab_size: -3" + from_1);
  EXPECT_EQ(problem([](TraceHeader& header) { header.num_key_value_heads = 0; }),
            "header: num_key_value_heads: 0" + from_1);
  EXPECT_EQ(problem([](TraceHeader& header) { header.sliding_window = 0; }), "header: sliding_window: 0" + from_1);
  EXPECT_EQ(problem([](TraceHeader& header) { header.model = std::string(1001, 'x'); }),
            "header: model: a text of 1001 characters; expected at most 1000");
}

TEST(LastLayerTest, LmHeadWhereThereIsOne) {
  EXPECT_EQ(last_of({layer("lm_head", "model.lm_head"), layer("probs", "probs")}), "lm_head");
  EXPECT_EQ(last_of({layer("a", "a"), layer("lm_head", "lm_head", 1)}), "lm_head");
}

TEST(LastLayerTest, TheLastThatThePassCallsOnce) {
  EXPECT_EQ(last_of({layer("0", "body.0"), layer("0", "head.0")}), "head.0");
  // A layer that is called twice would end two passes; a shared activation is no end.
  EXPECT_EQ(last_of({layer("fc1", "fc1"), layer("act", "act"), layer("fc2", "fc2"), layer("act", "act")}), "fc2");
  // "0" is a path here and a name there.
  EXPECT_EQ(last_of({layer("0", "body.0"), layer("1", "1"), layer("0", "0")}), "1");
  // Only the first pass is looked at.
  EXPECT_EQ(last_of({layer("a", "a"), layer("a", "a", 1), layer("b", "b", 1)}), "a");
  // Without a path, the name.
  EXPECT_EQ(last_of({layer("Linear", "")}), "Linear");
}

TEST(LastLayerTest, OfPassesInMemory) {
  EXPECT_EQ(last_layer_in({layer("a", "x.a"), layer("b", "x.b")}), "x.b");
  EXPECT_EQ(last_layer_in({layer("a", "x.a"), layer("lm_head", "x.lm_head")}), "lm_head");
  EXPECT_EQ(last_layer_in({layer("a", ""), layer("b", "x.b"), layer("a", "", 1), layer("b", "x.b", 1)}), "x.b");
  EXPECT_EQ(last_layer_in({layer("a", ""), layer("b", "x.b"), layer("b", "x.b", 1), layer("a", "", 1)}), "");
  EXPECT_EQ(last_layer_in({layer("b", "x.b"), layer("a", ""), layer("b", "x.b")}), "");  // it is called twice
  LayerEvent function = layer("f", "");
  function.kind = EventKind::Function;
  EXPECT_EQ(last_layer_in({layer("a", "x.a"), function}), "x.a");
  function.step = 1;  // it comes after the last layer of the last pass
  EXPECT_EQ(last_layer_in({layer("a", "x.a"), function}), "x.a");
  EXPECT_EQ(last_layer_in({function}), "");
  EXPECT_EQ(last_layer_in({}), "");
}

TEST(LastLayerTest, ThereMayBeNone) {
  EXPECT_EQ(last_of({layer("a", "a"), layer("a", "a")}), "");
  LayerEvent function = layer("softmax", "");
  function.kind = EventKind::Function;
  function.weight_shape.reset();
  EXPECT_EQ(last_of({function}), "");
}
