#include "trace/event_check.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "operation/operation_text.hpp"

using namespace upmem_des;

namespace {

LayerEvent linear(std::int64_t seq = 0) {
  LayerEvent event;
  event.seq = seq;
  event.type = Name("Linear");
  event.name = Name("q_proj");
  event.input_shape = {1, 4, 8};
  event.weight_shape = Shape{8, 16};
  event.output_shape = {1, 4, 16};
  return event;
}

std::string text(const EventProblem& problem) {
  return problem ? problem.key + ": " + problem.problem : "";
}

}  // namespace

TEST(EventCheck, GoodEvents) {
  EXPECT_EQ(text(event_problem(linear())), "");
  LayerEvent event = linear();
  event.input_shape = {0, 8};  // an expert without tokens
  event.output_shape = {0, 16};
  EXPECT_EQ(text(event_problem(event)), "");
}

/// What a file cannot hold but a generator could make. The rest is in jsonl_reader_errors_test.cpp.
TEST(EventCheck, BadEvents) {
  LayerEvent event = linear(-1);
  EXPECT_EQ(text(event_problem(event)), "seq: -1; expected 0 or more");
  event = linear();
  event.type = Name();
  EXPECT_EQ(text(event_problem(event)), "type: empty; expected a text");
  event = linear();
  event.path = Name(std::string(1001, 'p'));
  EXPECT_EQ(text(event_problem(event)), "path: a text of 1001 characters; expected at most 1000");
  event = linear();
  event.duration_ns = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(text(event_problem(event)), "duration_ns: nan; expected a time from 0 to 1e20 ns");
  event = linear();
  event.weight_shape.reset();
  EXPECT_EQ(text(event_problem(event)), "weight_shape: null on a layer; expected 2 sizes");
}

/// A row for each row, and of tables for each id, however the sizes are put together.
TEST(EventCheck, RowsOfProductsAndTables) {
  LayerEvent event = linear();
  event.output_shape = {4, 16};
  EXPECT_EQ(text(event_problem(event)), "");
  event.input_shape = {1000, 8};
  EXPECT_EQ(text(event_problem(event)),
            "output_shape: 4 rows in [4, 16]; expected 1000, the rows of input_shape [1000, 8]");
  event = linear();
  event.kind = EventKind::Function;
  event.type = Name("f");
  event.weight_shape.reset();
  event.input_shape = {1000, 8};
  EXPECT_EQ(text(event_problem(event)), "");
  event.operation = &keep(operation_from("product second=implied"));
  EXPECT_EQ(text(event_problem(event)),
            "output_shape: 4 rows in [1, 4, 16]; expected 1000, the rows of input_shape [1000, 8]");
  event.operation = &keep(operation_from("product second=implied router"));
  EXPECT_EQ(text(event_problem(event)), "");
  event.operation = &keep(operation_from("product second=tensor"));
  EXPECT_EQ(text(event_problem(event)), "");
  event = linear();
  event.type = Name("Embedding");
  event.weight_shape = Shape{1, 1};
  event.input_shape = {1, 4};
  EXPECT_EQ(text(event_problem(event)), "");
  event.input_shape = {1000, 16};
  EXPECT_EQ(text(event_problem(event)),
            "output_shape: 4 rows in [1, 4, 16]; expected 16000, the ids of input_shape [1000, 16]");
}

TEST(EventCheck, Stream) {
  StreamCheck check;
  EXPECT_EQ(text(check.problem(linear(0))), "");
  LayerEvent event = linear(1);
  event.step = 5;
  event.phase = Phase::Decode;
  EXPECT_EQ(text(check.problem(event)), "");
  EXPECT_EQ(check.count(), 2);
  EXPECT_EQ(text(check.problem(linear(1))), "seq: 1; expected 2");
  event.seq = 2;
  event.step = 4;
  EXPECT_EQ(text(check.problem(event)), "step: 4 after step 5; expected 5 or more");
  EXPECT_EQ(check.count(), 2);
}
