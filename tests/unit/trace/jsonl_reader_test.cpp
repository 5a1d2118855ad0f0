#include "upmem_des/trace/jsonl_reader.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "trace_files.hpp"
#include "upmem_des/trace/recognise.hpp"

using namespace upmem_des;

TEST(JsonlReader, ReadsEveryGoldenTrace) {
  const std::vector<std::string> paths = golden_traces();
  EXPECT_GE(paths.size(), 96U);
  for (const std::string& path : paths) {
    SCOPED_TRACE(path);
    std::ifstream file(path.substr(0, path.rfind('/')) + "/expected.json");
    const auto expected = nlohmann::json::parse(file);
    JsonlReader reader(path);
    LayerEvent event;
    std::int64_t count = 0;
    while (reader.next(event)) ++count;
    EXPECT_EQ(count, expected.at("events").get<std::int64_t>());
  }
}

TEST(JsonlReader, ReadsTheHeader) {
  const TemporaryFolder folder;
  const std::string rest = EventLine().str() + "\n";
  {
    const JsonlReader reader(folder.write("a.jsonl", header_line + rest));
    EXPECT_EQ(reader.header().model, "m");
    EXPECT_EQ(reader.header().source, "s");
    EXPECT_EQ(reader.header().dtype, NumberFormat::int8);
    EXPECT_EQ(reader.header().batch, 1);
    EXPECT_FALSE(reader.header().num_key_value_heads);
    EXPECT_FALSE(reader.header().sliding_window);
  }
  const JsonlReader reader(
      folder.write("b.jsonl",
                   " { \"x_made\" : {\"by\":[1,{}]} , \"batch\":16, \"dtype\":\"int4\", \"sliding_window\":4096,"
                   "\"num_key_value_heads\":8, \"version\":1, \"format\":\"upmem-des-trace\"}\r\n" +
                       rest));
  EXPECT_EQ(reader.header().model, "");
  EXPECT_EQ(reader.header().batch, 16);
  EXPECT_EQ(reader.header().dtype, NumberFormat::int4);
  EXPECT_EQ(reader.header().num_key_value_heads, 8);
  EXPECT_EQ(reader.header().sliding_window, 4096);
}

TEST(JsonlReader, ReadsOperationsAndEndsOfPasses) {
  const TemporaryFolder folder;
  const std::string line = EventLine().str();
  const std::string marking = header_line.substr(0, header_line.size() - 2) + ",\"marks_passes\":true}\n";
  const auto with = [&line](const std::string& field) { return line.substr(0, line.size() - 1) + "," + field + "}"; };
  // Both readers: a backslash is for the slower one.
  for (const std::string text : {"gather rows=7 tied", "\\u0067ather rows=7 tied"}) {
    const std::vector<LayerEvent> events =
        read_events(folder.write("t.jsonl", marking + with("\"op\":\"" + text + "\",\"ends_pass\":true") + "\n"));
    ASSERT_EQ(events.size(), 1U);
    EXPECT_TRUE(events[0].ends_pass);
    const auto* gather = as<operation::Gather>(operation_of(events[0]));
    ASSERT_NE(gather, nullptr);
    EXPECT_EQ(gather->rows, 7);
    EXPECT_TRUE(gather->is_tied);
  }
  EXPECT_EQ(reading_error(folder.write("t.jsonl", header_line + with("\"ends_pass\":true") + "\n")),
            "F:2: ends_pass: true; expected \"marks_passes\":true in the header of such a trace");
  EXPECT_EQ(reading_error(folder.write("t.jsonl", header_line + with("\"op\":\"gather row=7\"") + "\n")),
            "F:2: op: unknown word 'row=7' of gather; expected one of kind, rows, tied, bag; did you mean 'rows'?");
  EXPECT_EQ(
      read_events(folder.write("t.jsonl", header_line + with("\"op\":null,\"ends_pass\":null") + "\n"))[0].operation,
      nullptr);
}

TEST(JsonlReader, ReadsEveryFieldInAnyOrder) {
  const TemporaryFolder folder;
  const std::string path = folder.write(
      "t.jsonl",
      header_line + EventLine().str() + "\r\n" +
          "{\"causal\":false,\"padding\":[0,3],\"stride\":[1,2],\"kv_length\":7,\"experts\":[4,0],\"deps\":[0],"
          "\"duration_ns\":0.25,\"start_ns\":1e3,\"map_key\":\"k\\\"\\u00e9\",\"path\":\"a.b\",\"output_shape\":[2,0],"
          "\"weight_shape\":[3,5],\"input_shape\":[ 2 , 0 ],\"step\":2,\"phase\":\"decode\",\"id\":null,\"name\":\"n\","
          "\"type\":\"T\",\"kind\":\"layer\",\"seq\":1,\"x_other\":[null,true,-1.5e-3,\"\",{\"a\":{}}]}");
  const std::vector<LayerEvent> events = read_events(path);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].id, 3);
  EXPECT_EQ(events[0].phase, Phase::Prefill);
  EXPECT_TRUE(events[0].map_key.empty());
  const LayerEvent& event = events[1];
  EXPECT_EQ(event.seq, 1);
  EXPECT_EQ(event.kind, EventKind::Layer);
  EXPECT_EQ(event.type, "T");
  EXPECT_EQ(event.name, "n");
  EXPECT_EQ(event.path, "a.b");
  EXPECT_EQ(event.map_key, "k\"é");
  EXPECT_FALSE(event.id);
  EXPECT_EQ(event.phase, Phase::Decode);
  EXPECT_EQ(event.step, 2);
  EXPECT_EQ(event.input_shape, (Shape{2, 0}));
  EXPECT_EQ(event.weight_shape, (Shape{3, 5}));
  EXPECT_EQ(event.output_shape, (Shape{2, 0}));
  EXPECT_EQ(event.start_ns, 1000.0);
  EXPECT_EQ(event.duration_ns, 0.25);
  EXPECT_EQ(event.deps, std::vector<std::int64_t>{0});
  EXPECT_EQ(event.experts, (std::vector<std::int64_t>{4, 0}));
  EXPECT_EQ(event.kv_length, 7);
  EXPECT_EQ(event.stride, (std::array<std::int64_t, 2>{1, 2}));
  EXPECT_EQ(event.padding, (std::array<std::int64_t, 2>{0, 3}));
  EXPECT_EQ(event.causal, false);
}

TEST(JsonlReader, OptionalFieldsThatAreNullOrAbsentAreCleared) {
  const TemporaryFolder folder;
  EventLine full, nulls, absent;
  nulls.set("seq", "1");
  absent.set("seq", "2");
  for (const auto& [key, json] : std::vector<std::pair<std::string, std::string>>{{"path", "\"p\""},
                                                                                  {"map_key", "\"k\""},
                                                                                  {"start_ns", "1"},
                                                                                  {"duration_ns", "2"},
                                                                                  {"deps", "[]"},
                                                                                  {"experts", "[1]"},
                                                                                  {"kv_length", "1"},
                                                                                  {"slices", "[[0,1,1,0]]"},
                                                                                  {"stride", "[1,1]"},
                                                                                  {"padding", "[1,1]"},
                                                                                  {"causal", "true"}}) {
    full.set(key, json);
    nulls.set(key, "null");
  }
  for (const EventLine& line : {nulls, absent}) {
    JsonlReader reader(
        folder.write("t.jsonl", header_line + full.str() + "\n" + EventLine(line).set("seq", "1").str()));
    LayerEvent event;
    ASSERT_TRUE(reader.next(event));
    ASSERT_TRUE(reader.next(event));
    EXPECT_TRUE(event.path.empty());
    EXPECT_TRUE(event.map_key.empty());
    EXPECT_FALSE(event.start_ns);
    EXPECT_FALSE(event.duration_ns);
    EXPECT_TRUE(event.experts.empty());
    EXPECT_FALSE(event.kv_length);
    EXPECT_EQ(nullptr, event.slices);
    EXPECT_FALSE(event.stride);
    EXPECT_FALSE(event.padding);
    EXPECT_FALSE(event.causal);
    EXPECT_FALSE(reader.next(event));
  }
}

TEST(JsonlReader, LimitsThatAreStillGood) {
  const TemporaryFolder folder;
  std::string thousand;
  for (int i = 0; i < 1000; ++i) thousand += "é";
  EventLine line;
  line.set("name", "\"" + thousand + "\"").set("id", "9223372036854775807").set("step", "1000000000");
  line.set("phase", "\"decode\"").set("input_shape", "[1,1,1,1,1,1,4,8]").set("start_ns", "1e20");
  line.set("experts", "[1000000]").set("kv_length", "1000000000").set("duration_ns", "1e-400");
  EXPECT_EQ(reading_error(folder.write("t.jsonl", header_line + line.str())), "");
  const std::string start = line.str().substr(0, line.str().size() - 1) + ",\"x_long\":\"";
  const std::string longest = start + std::string((1U << 20) - start.size() - 2, 'a') + "\"}";
  EXPECT_EQ(reading_error(folder.write("t.jsonl", header_line + longest + "\n")), "");
  EXPECT_EQ(reading_error(folder.write("t.jsonl", header_line + longest)), "");
}
