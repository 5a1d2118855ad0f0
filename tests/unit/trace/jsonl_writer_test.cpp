#include "upmem_des/trace/jsonl_writer.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "trace/event_compare.hpp"
#include "trace_files.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;

namespace {

LayerEvent full_event(std::int64_t seq) {
  LayerEvent event;
  event.seq = seq;
  event.type = Name("T \"quoted\" \\ \t é");
  event.name = Name("n");
  event.path = Name("model.layers.0.n");
  event.map_key = Name("k");
  event.id = 7;
  event.phase = Phase::Decode;
  event.step = 3;
  event.input_shape = {1, 2};
  event.weight_shape = Shape{3, 4};
  event.output_shape = {};
  event.start_ns = 0.1;
  event.duration_ns = 12345678901234.5;
  event.deps = {0};
  event.experts = {1, 2};
  event.kv_length = 9;
  event.stride = {{1, 2}};
  event.padding = {{0, 3}};
  event.slices = std::make_shared<const std::vector<Slice>>(std::vector<Slice>{{0, 1, 3, 0}, {4, 2, 1, 7}});
  event.causal = false;
  event.ends_pass = true;
  operation::Attention window;
  window.mask = operation::Attention::Mask::Window;
  window.window = 8;
  event.operation = &keep(window);
  return event;
}

LayerEvent bare_event() {
  LayerEvent event;
  event.kind = EventKind::Function;
  event.type = Name("f");
  event.name = Name("x");
  event.input_shape = {2};
  event.output_shape = {0, 5};
  return event;
}

}  // namespace

TEST(JsonlWriter, WritesTheFieldsInTheirOrder) {
  const TemporaryFolder folder;
  const std::string path = folder.path("t.jsonl");
  TraceHeader header;
  header.model = "a \"b\"";
  header.batch = 4;
  header.sliding_window = 128;
  header.num_key_value_heads = 8;
  header.vocab_size = 50257;
  header.activation_dtype = NumberFormat::fp8;
  header.last_layer = "head.0";
  header.marks_passes = true;
  JsonlWriter writer(path, header);
  writer.write(bare_event());
  writer.write(full_event(1));
  writer.finish();
  EXPECT_EQ(
      read_bytes(path),
      "{\"format\":\"upmem-des-trace\",\"version\":1,\"model\":\"a \\\"b\\\"\",\"dtype\":\"bfloat16\",\"batch\":4,"
      "\"source\":\"\",\"num_key_value_heads\":8,\"sliding_window\":128,\"vocab_size\":50257,\"activation_dtype\":"
      "\"fp8\",\"last_layer\":\"head.0\",\"marks_passes\":true}\n"
      "{\"seq\":0,\"kind\":\"function\",\"type\":\"f\",\"name\":\"x\",\"id\":null,\"phase\":\"prefill\",\"step\":0,"
      "\"input_shape\":[2],\"weight_shape\":null,\"output_shape\":[0,5]}\n"
      "{\"seq\":1,\"kind\":\"layer\",\"type\":\"T \\\"quoted\\\" \\\\ \\t é\",\"name\":\"n\",\"id\":7,"
      "\"phase\":\"decode\",\"step\":3,\"map_key\":\"k\",\"input_shape\":[1,2],\"weight_shape\":[3,4],"
      "\"output_shape\":[],\"stride\":[1,2],\"padding\":[0,3],\"path\":\"model.layers.0.n\",\"start_ns\":0.1,"
      "\"duration_ns\":12345678901234.5,\"deps\":[0],\"experts\":[1,2],\"kv_length\":9,\"causal\":false,\"slices\":"
      "[[0,1,3,0],[4,2,1,7]],\"ends_pass\":true,\"op\":\"attention mask=window window=8\"}\n");
}

TEST(JsonlWriter, RoundTrip) {
  const TemporaryFolder folder;
  TraceHeader header;
  header.marks_passes = true;
  header.model = "é \n \u0001";
  header.dtype = NumberFormat::float32;
  header.batch = 3;
  header.source = "test";
  header.num_key_value_heads = 2;
  for (const char* name : {"t.jsonl", "t.jsonl.gz"}) {
    const std::string path = folder.path(name);
    std::vector<LayerEvent> events{bare_event(), full_event(1), full_event(2)};
    events[2].duration_ns = 5e-324;
    events[2].start_ns = 9.9999999999999998e19;
    JsonlWriter writer(path, header);
    for (const LayerEvent& event : events) writer.write(event);
    writer.finish();
    const std::vector<LayerEvent> back = read_events(path);
    ASSERT_EQ(back.size(), events.size());
    for (std::size_t i = 0; i < back.size(); ++i) EXPECT_EQ(first_difference(events[i], back[i]), "");
    const JsonlReader reader(path);
    EXPECT_EQ(reader.header().model, header.model);
    EXPECT_EQ(reader.header().source, header.source);
    EXPECT_EQ(reader.header().dtype, header.dtype);
    EXPECT_EQ(reader.header().batch, header.batch);
    EXPECT_EQ(reader.header().num_key_value_heads, header.num_key_value_heads);
    EXPECT_EQ(reader.header().sliding_window, header.sliding_window);
  }
}

TEST(JsonlWriter, GoldenTracesComeBackByteForByte) {
  const TemporaryFolder folder;
  for (const char* golden : {"misc_layers", "nn_5d", "mixtral_m_w1_w3", "llama7b_eager_4chip_64_8_1",
                             "llama7b_mixed_sampled_64_16_1_bfloat16"}) {
    SCOPED_TRACE(golden);
    const std::string source = std::string(GOLDEN_DIR) + "/" + golden + "/trace.jsonl.gz";
    const std::string expected = read_text(source);
    JsonlReader reader(source);
    EXPECT_GT(write_trace(folder.path("t.jsonl.gz"), reader), 0);
    const std::string written = read_text(folder.path("t.jsonl.gz"));
    EXPECT_EQ(written.substr(written.find('\n')), expected.substr(expected.find('\n')));
  }
}

TEST(JsonlWriter, TimesThatAreNotFiniteAreAbsent) {
  const TemporaryFolder folder;
  LayerEvent event = bare_event();
  event.start_ns = std::numeric_limits<double>::quiet_NaN();
  event.duration_ns = std::numeric_limits<double>::infinity();
  JsonlWriter writer(folder.path("t.jsonl"), TraceHeader{});
  writer.write(event);
  writer.finish();
  const LayerEvent back = read_events(folder.path("t.jsonl")).front();
  EXPECT_FALSE(back.start_ns);
  EXPECT_FALSE(back.duration_ns);
}

TEST(JsonlWriter, NothingIsThereBeforeTheEnd) {
  const TemporaryFolder folder;
  folder.write("t.jsonl.gz", "old");
  {
    JsonlWriter writer(folder.path("t.jsonl.gz"), TraceHeader{});
    for (int i = 0; i < 10'000; ++i) writer.write(bare_event());
    EXPECT_EQ(read_bytes(folder.path("t.jsonl.gz")), "old");
  }
  EXPECT_EQ(folder.files(), std::vector<std::string>{"t.jsonl.gz"});
  EXPECT_EQ(read_bytes(folder.path("t.jsonl.gz")), "old");
}

TEST(JsonlWriter, PlacesThatCannotBeWritten) {
  const TemporaryFolder folder;
  EXPECT_THROW(JsonlWriter(folder.path("none/t.jsonl"), TraceHeader{}), InputError);
  EXPECT_THROW(JsonlWriter(folder.path(""), TraceHeader{}), InputError);
  JsonlWriter full("/dev/full", TraceHeader{});
  EXPECT_THROW(full.finish(), InputError);
}

TEST(JsonlWriter, DashIsStandardOutput) {
  testing::internal::CaptureStdout();
  JsonlWriter writer("-", TraceHeader{});
  writer.write(bare_event());
  writer.finish();
  EXPECT_EQ(
      testing::internal::GetCapturedStdout(),
      "{\"format\":\"upmem-des-trace\",\"version\":1,\"model\":\"\",\"dtype\":\"bfloat16\",\"batch\":1,"
      "\"source\":\"\"}\n"
      "{\"seq\":0,\"kind\":\"function\",\"type\":\"f\",\"name\":\"x\",\"id\":null,\"phase\":\"prefill\",\"step\":0,"
      "\"input_shape\":[2],\"weight_shape\":null,\"output_shape\":[0,5]}\n");
}
