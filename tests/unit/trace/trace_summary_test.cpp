#include "trace/trace_summary.hpp"

#include <gtest/gtest.h>

#include "trace_files.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"

using namespace upmem_des;

namespace {

/// Events made one after another by a function.
template <typename Make>
class Generated : public EventSource {
 public:
  Generated(std::int64_t count, Make make) : count_(count), make_(make) {}
  const TraceHeader& header() const override { return header_; }
  bool next(LayerEvent& event) override {
    if (seq_ == count_) return false;
    event = LayerEvent();
    event.seq = seq_;
    make_(event);
    ++seq_;
    return true;
  }

 private:
  TraceHeader header_;
  std::int64_t seq_ = 0;
  std::int64_t count_;
  Make make_;
};

}  // namespace

TEST(TraceSummary, Text) {
  const TemporaryFolder folder;
  EventLine wide;
  wide.set("seq", "3").set("step", "2").set("phase", "\"decode\"").set("id", "4").set("duration_ns", "1500");
  wide.set("input_shape", "[1,1,16]").set("weight_shape", "[16,8]").set("output_shape", "[1,1,8]");
  const std::string text =
      "{\"format\":\"upmem-des-trace\",\"version\":1,\"model\":\"tiny\",\"dtype\":\"int4\",\"batch\":2,\"source\":"
      "\"hand\","
      "\"num_key_value_heads\":8}\n" +
      EventLine().set("duration_ns", "500").str() + "\n" + EventLine::function().set("seq", "1").str() + "\n" +
      EventLine()
          .set("seq", "2")
          .set("step", "1")
          .set("phase", "\"decode\"")
          .set("input_shape", "[1,1,8]")
          .set("output_shape", "[1,1,16]")
          .str() +
      "\n" + wide.str() + "\n";
  JsonlReader reader(folder.write("t.jsonl", text));
  const TraceSummary summary = summarise(reader);
  EXPECT_EQ(summary.events, 4);
  EXPECT_EQ(summary.count, (PhaseCounts{2, 2}));
  EXPECT_EQ(summary.forward_passes, 3);
  EXPECT_EQ(summary.distinct_ids, 2);
  ASSERT_EQ(summary.layers.size(), 2U);
  EXPECT_EQ(summary.layers[0].first_input, (Shape{1, 4, 8}));
  EXPECT_EQ(summary.layers[0].last_input, (Shape{1, 1, 16}));
  EXPECT_EQ(summary.layers[0].count, (PhaseCounts{1, 2}));
  EXPECT_EQ(to_text(summary), R"(model            tiny
source           hand
data type        int4
batch            2
key-value heads  8
forward passes   3
events           4 (2 prefill, 2 decode)
layers           2
measured time    2.000 µs in 2 events

type     kind      prefill  decode  events
------------------------------------------
Linear   layer           1       2       3
softmax  function        1       0       1

name          type     events  smallest input  largest input  weight               measured
-------------------------------------------------------------------------------------------
q_proj        Linear        3  [1, 1, 8]       [1, 4, 8]      [8, 16] and 1 other  2.000 µs
attn_weights  softmax       1  [2, 3]          [2, 3]         -
)");
}

TEST(TraceSummary, GroupsAreBounded) {
  Generated source(10'005, [](LayerEvent& event) {
    event.type = Name("T" + std::to_string(event.seq));
    event.name = Name("n");
    event.phase = event.seq == 10'004 ? Phase::Decode : Phase::Prefill;
  });
  const TraceSummary summary = summarise(source);
  EXPECT_EQ(summary.types.size(), TraceSummary::max_groups);
  EXPECT_EQ(summary.layers.size(), TraceSummary::max_groups);
  EXPECT_EQ(summary.other_types, (PhaseCounts{4, 1}));
  EXPECT_EQ(summary.other_layers, (PhaseCounts{4, 1}));
  EXPECT_NE(to_text(summary).find("\nothers"), std::string::npos);
}

TEST(TraceSummary, WeightsAndIdsAreBounded) {
  Generated source(200'000, [](LayerEvent& event) {
    event.type = Name("Linear");
    event.name = Name("n");
    event.id = event.seq;
    event.weight_shape = Shape{event.seq % 100 + 1, 1};
  });
  const TraceSummary summary = summarise(source);
  ASSERT_EQ(summary.layers.size(), 1U);
  EXPECT_EQ(summary.layers[0].weights.size(), LayerSummary::max_weights);
  EXPECT_TRUE(summary.layers[0].more_weights);
  EXPECT_EQ(summary.distinct_ids, TraceSummary::max_ids);
  const std::string text = to_text(summary);
  EXPECT_NE(text.find("layers          more than 100000\n"), std::string::npos) << text;
  EXPECT_NE(text.find("[1, 1] and 15 or more others\n"), std::string::npos) << text;
}

TEST(TraceSummary, Golden) {
  JsonlReader reader(std::string(GOLDEN_DIR) + "/llama7b_4chip_64_16_1_int8/trace.jsonl.gz");
  const TraceSummary summary = summarise(reader);
  EXPECT_EQ(summary.header.model, "llama-2-7b");
  EXPECT_EQ(summary.count, (PhaseCounts{356, 5340}));
  EXPECT_EQ(summary.forward_passes, 16);
  EXPECT_EQ(summary.types.size(), 6U);
  EXPECT_EQ(summary.layers.size(), 15U);
  EXPECT_EQ(summary.measured, 0);
}

TEST(TraceSummary, TheChoiceOfATokenIsNoForwardPass) {
  JsonlReader reader(std::string(GOLDEN_DIR) + "/llama7b_mixed_sampled_64_16_1_bfloat16/trace.jsonl.gz");
  EXPECT_EQ(summarise(reader).forward_passes, 16);
}
