#include "trace/event_compare.hpp"

#include <gtest/gtest.h>

using namespace upmem_des;

TEST(EventCompare, NamesTheFirstDifference) {
  LayerEvent a;
  a.seq = 12;
  a.type = Name("Linear");
  a.input_shape = {1, 2};
  LayerEvent b = a;
  EXPECT_EQ(first_difference(a, b), "");
  EXPECT_TRUE(a == b);
  b.causal = true;
  EXPECT_EQ(first_difference(a, b), "seq 12: causal: none against true");
  b.deps = {3, 4};
  EXPECT_EQ(first_difference(a, b), "seq 12: deps: [] against [3, 4]");
  b.duration_ns = 0.5;
  EXPECT_EQ(first_difference(a, b), "seq 12: duration_ns: none against 0.5");
  b.stride = {{1, 2}};
  EXPECT_EQ(first_difference(a, b), "seq 12: stride: none against [1, 2]");
  b.input_shape = {1, 3};
  EXPECT_EQ(first_difference(a, b), "seq 12: input_shape: [1, 2] against [1, 3]");
  b.id = 4;
  EXPECT_EQ(first_difference(a, b), "seq 12: id: none against 4");
  b.kind = EventKind::Function;
  EXPECT_EQ(first_difference(a, b), "seq 12: kind: layer against function");
  EXPECT_TRUE(a != b);
}

TEST(EventCompare, CanIgnoreTheMapKey) {
  LayerEvent a;
  LayerEvent b;
  b.map_key = Name("k");
  EXPECT_EQ(first_difference(a, b), "seq 0: map_key: none against 'k'");
  EXPECT_EQ(first_difference(a, b, true), "");
}
