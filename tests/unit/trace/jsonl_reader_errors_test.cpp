/// Every message that a wrong trace gives, in full.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "trace_files.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace {

struct Case {
  std::string text;
  std::string message;
};

/// Cases are what follows a header line.
void expect_event_messages(const std::vector<Case>& cases) {
  const TemporaryFolder folder;
  for (const Case& each : cases) {
    SCOPED_TRACE(each.text.substr(0, 500));
    EXPECT_EQ(reading_error(folder.write("t.jsonl", header_line + each.text + "\n")), each.message);
  }
}

EventLine event(const std::string& key, const std::string& json) {
  return EventLine().set(key, json);
}
std::string line(const std::string& key, const std::string& json) {
  return event(key, json).str();
}
std::string function(const std::string& key, const std::string& json) {
  return EventLine::function().set(key, json).str();
}

}  // namespace

TEST(JsonlReaderErrors, Files) {
  const TemporaryFolder folder;
  EXPECT_EQ(reading_error(folder.path("none.jsonl")), "F: no such file");
  EXPECT_EQ(reading_error(folder.path("")), "F: a folder; expected a trace file");
  ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(reading_error(folder.path("pipe")), "F: a pipe; expected a trace file") << "and no waiting";
  EXPECT_EQ(reading_error("/dev/zero"), "F: a device; expected a trace file");
  EXPECT_EQ(reading_error(folder.write("empty.jsonl", "")), "F: empty; expected a header line and events");
  EXPECT_EQ(reading_error(folder.write("header.jsonl", header_line)),
            "F:1: no events; expected some after the header line");
}

TEST(JsonlReaderErrors, Lines) {
  const std::string whole = EventLine().str();
  expect_event_messages({
      {"", "F:2: a blank line; expected one object a line"},
      {" \t\r", "F:2: a blank line; expected one object a line"},
      {whole + "\n\n", "F:3: a blank line; expected one object a line"},
      {"[1,2]", "F:2: not a JSON object; expected one object a line"},
      {"7", "F:2: not a JSON object; expected one object a line"},
      {"{", "F:2: invalid JSON; expected one object a line"},
      {"{}", "F:2: seq: missing; expected a value"},
      {whole.substr(0, whole.size() - 1), "F:2: invalid JSON; expected one object a line"},
      {whole + whole, "F:2: invalid JSON; expected one object a line"},
      {whole + "}", "F:2: invalid JSON; expected one object a line"},
      {whole + " true", "F:2: invalid JSON; expected one object a line"},
      {line("x_note", "\"a\xff\""), "F:2: invalid UTF-8; expected UTF-8 text"},
      {line("name", "\"\xc3\""), "F:2: invalid UTF-8; expected UTF-8 text"},
      {std::string("{\"seq\":0\0}", 10), "F:2: seq: invalid JSON; expected one object a line"},
      {"{\"x_a\":\"" + std::string(1 << 20, 'a') + "\"}", "F:2: a line of more than 1 MiB; expected one event a line"},
  });
  const TemporaryFolder folder;
  EXPECT_EQ(reading_error(folder.write("t.jsonl", header_line + whole + "\n" + whole.substr(0, 40))),
            "F:3: invalid JSON in a last line without a newline (a truncated file?); expected one object a line");
  EXPECT_EQ(reading_error(folder.write("long.jsonl", std::string(3 << 20, '{'))),
            "F:1: a line of more than 1 MiB; expected one event a line");
}

TEST(JsonlReaderErrors, Syntax) {
  for (const char* broken :
       {"nul",  "tru",   "01",      "-",         "1.",       ".5",        "+1",    "1e",         "0x10",    "[1,]",
        "[,1]", "[1 2]", "[1,,2]",  "[1",        "{\"a\":}", "{\"a\" 1}", "{1:2}", "{\"a\":1,}", "\"\\q\"", "\"a",
        "",     "NaN",   "\"a\":1", "[\"a\":1]", "'a'",      "\"\t\"",    "]",     "}",          "1 2",     "\"a\"b"}) {
    const TemporaryFolder folder;
    const std::string message =
        reading_error(folder.write("t.jsonl", header_line + line("x_note", broken) + "\n" + EventLine().str()));
    EXPECT_EQ(message, "F:2: invalid JSON; expected one object a line") << broken;
  }
  expect_event_messages({
      {line("step", "nul"), "F:2: step: invalid JSON; expected one object a line"},
      {line("step", "01"), "F:2: step: invalid JSON; expected one object a line"},
      {line("step", ""), "F:2: step: invalid JSON; expected one object a line"},
      {line("input_shape", "[1,4 ,,8]"), "F:2: input_shape: invalid JSON; expected one object a line"},
      {line("name", "\"\\x\""), "F:2: name: invalid JSON; expected one object a line"},
      {line("duration_ns", "1.e5"), "F:2: duration_ns: invalid JSON; expected one object a line"},
      {line("causal", "truer"), "F:2: causal: invalid JSON; expected one object a line"},
      {line("x_deep", std::string(100, '[') + std::string(100, ']')),
       "F:2: nested deeper than 64 levels; expected a plain value"},
      {line("x_deep", std::string(100000, '[')), "F:2: nested deeper than 64 levels; expected a plain value"},
  });
}

TEST(JsonlReaderErrors, Fields) {
  std::vector<Case> cases{
      {line("nmae", "\"a\""),
       "F:2: nmae: unknown field; expected one of seq, kind, type, name, id, phase, step, input_shape, weight_shape, "
       "output_shape, path, map_key, start_ns, duration_ns, deps, experts, kv_length, stride, padding, causal, op, "
       "ends_pass, slices, or x_…; "
       "did you mean 'name'?"},
      {line("X_note", "1"),
       "F:2: X_note: unknown field; expected one of seq, kind, type, name, id, phase, step, input_shape, weight_shape, "
       "output_shape, path, map_key, start_ns, duration_ns, deps, experts, kv_length, stride, padding, causal, op, "
       "ends_pass, slices, or x_…"},
      {"{\"seq\":0,\"seq\":0}", "F:2: seq: a second time in one line; expected it once"},
      {"{\"deps\":null,\"deps\":[]}", "F:2: deps: a second time in one line; expected it once"},
      {"{\"seq\":0,\"se\\u0071\":0}", "F:2: seq: a second time in one line; expected it once"},
  };
  for (const char* key :
       {"seq", "kind", "type", "name", "id", "phase", "step", "input_shape", "weight_shape", "output_shape"})
    cases.push_back({EventLine().remove(key).str(), "F:2: " + std::string(key) + ": missing; expected a value"});
  for (const char* key : {"seq", "step"})
    cases.push_back({line(key, "null"), "F:2: " + std::string(key) + ": null; expected a whole number"});
  for (const char* key : {"kind", "type", "name", "phase"})
    cases.push_back({line(key, "null"), "F:2: " + std::string(key) + ": null; expected a text"});
  for (const char* key : {"input_shape", "output_shape"})
    cases.push_back({line(key, "null"), "F:2: " + std::string(key) + ": null; expected a list"});
  for (const char* key : {"deps", "experts", "stride", "padding", "input_shape", "weight_shape"}) {
    cases.push_back({line(key, "7"), "F:2: " + std::string(key) + ": 7; expected a list"});
    cases.push_back({line(key, "[7,\"a\"]"), "F:2: " + std::string(key) + ": the text 'a'; expected a whole number"});
    cases.push_back({line(key, "[null]"), "F:2: " + std::string(key) + ": null; expected a whole number"});
  }
  for (const char* key : {"path", "map_key", "name", "type"}) {
    cases.push_back({line(key, "{}"), "F:2: " + std::string(key) + ": an object; expected a text"});
    cases.push_back({line(key, "\"" + std::string(1001, 'n') + "\""),
                     "F:2: " + std::string(key) + ": a text of 1001 characters; expected at most 1000"});
  }
  for (const char* key : {"start_ns", "duration_ns"})
    cases.push_back({line(key, "\"1\""), "F:2: " + std::string(key) + ": the text '1'; expected a number"});
  cases.push_back({line("slices", "[1]"), "F:2: slices: 1; expected a list"});
  cases.push_back(
      {line("slices", "[[0,1,1]]"),
       "F:2: slices: a slice of 3 numbers; expected 4: the first sequence, how many there are, new and cached "
       "rows of each"});
  cases.push_back({line("kv_length", "false"), "F:2: kv_length: false; expected a whole number"});
  cases.push_back({line("ends_pass", "1"), "F:2: ends_pass: 1; expected true or false"});
  cases.push_back({line("op", "1"), "F:2: op: 1; expected a text"});
  cases.push_back({line("op", "\"\""),
                   "F:2: op: empty; expected an operation, one of opaque, nothing, movement, product, attention, norm, "
                   "pointwise, gather, convolution, state_scan, rotate, cache_write, recurrent, counted"});
  cases.push_back({line("causal", "1"), "F:2: causal: 1; expected true or false"});
  cases.push_back({line("stride", "[1]"), "F:2: stride: a list of 1; expected 2 whole numbers"});
  cases.push_back({line("padding", "[1,2,3]"), "F:2: padding: a list of 3; expected 2 whole numbers"});
  cases.push_back({line("map_key", "\"\""), "F:2: map_key: empty; expected a text"});
  expect_event_messages(cases);
}

TEST(JsonlReaderErrors, Numbers) {
  expect_event_messages({
      {line("seq", "0.0"), "F:2: seq: 0.0; expected a whole number"},
      {line("step", "1e3"), "F:2: step: 1e3; expected a whole number"},
      {line("step", "1e400"), "F:2: step: 1e400; expected a whole number"},
      {line("id", "1180591620717411303424"),
       "F:2: id: 1180591620717411303424 does not fit into 64 bits; expected a whole number"},
      {line("id", "9223372036854775808"),
       "F:2: id: 9223372036854775808 does not fit into 64 bits; expected a whole number"},
      {line("input_shape", "[1,4,-9223372036854775809]"),
       "F:2: input_shape: -9223372036854775809 does not fit into 64 bits; expected a whole number"},
      {line("input_shape", "[1,4,8.0]"), "F:2: input_shape: 8.0; expected a whole number"},
      {line("id", std::string(100, '9')),
       "F:2: id: " + std::string(60, '9') + "… does not fit into 64 bits; expected a whole number"},
      {line("duration_ns", "1e400"), "F:2: duration_ns: 1e400; expected a finite number"},
      {line("start_ns", "-1e999"), "F:2: start_ns: -1e999; expected a finite number"},
  });
}

TEST(JsonlReaderErrors, Values) {
  expect_event_messages({
      {line("seq", "1"), "F:2: seq: 1; expected 0"},
      {line("seq", "-1"), "F:2: seq: -1; expected 0"},
      {EventLine().str() + "\n" + line("seq", "2"), "F:3: seq: 2; expected 1"},
      {EventLine().str() + "\n" + EventLine().str(), "F:3: seq: 0; expected 1"},
      {line("kind", "\"Layer\""),
       "F:2: kind: unknown value 'Layer'; expected layer or function; did you mean 'layer'?"},
      {line("phase", "\"generation\""), "F:2: phase: unknown value 'generation'; expected prefill or decode"},
      {line("type", "\"\""), "F:2: type: empty; expected a text"},
      {line("name", "\"\""), "F:2: name: empty; expected a text"},
      {line("id", "-1"), "F:2: id: -1; expected 0 or more, or null"},
      {line("step", "-1"), "F:2: step: -1; expected 0 or more"},
      {line("step", "1000000001"), "F:2: step: 1000000001; expected at most 1000000000"},
      {line("step", "1"), "F:2: phase: prefill at step 1; expected decode"},
      {line("phase", "\"decode\""), "F:2: phase: decode at step 0; expected prefill"},
      {event("step", "2").set("phase", "\"decode\"").str() + "\n" +
           event("step", "1").set("phase", "\"decode\"").set("seq", "1").str(),
       "F:3: step: 1 after step 2; expected 2 or more"},
      {line("start_ns", "-0.5"), "F:2: start_ns: -0.5; expected a time from 0 to 1e20 ns"},
      {line("duration_ns", "-1"), "F:2: duration_ns: -1; expected a time from 0 to 1e20 ns"},
      {line("duration_ns", "1.1e20"), "F:2: duration_ns: 1.1e+20; expected a time from 0 to 1e20 ns"},
      {line("deps", "[-1]"), "F:2: deps: -1 in event 0; expected the seq of an earlier event"},
      {line("deps", "[0]"), "F:2: deps: 0 in event 0; expected the seq of an earlier event"},
      {line("experts", "[-1]"), "F:2: experts: -1; expected 0 or more"},
      {line("experts", "[1,1000001]"), "F:2: experts: 1000001; expected at most 1000000"},
      {line("kv_length", "-1"), "F:2: kv_length: -1; expected 0 or more"},
      {line("slices", "[]"), "F:2: slices: empty; expected a slice or more"},
      {line("slices", "[[0,1,0,4]]"), "F:2: slices: 0; expected 1 or more"},
      {line("slices", "[[0,0,1,4]]"), "F:2: slices: 0; expected 1 or more"},
      {line("slices", "[[0,1,1,-4]]"), "F:2: slices: -4; expected 0 or more"},
      {line("slices", "[[0,2,1,4],[1,1,1,4]]"), "F:2: slices: sequence 1; expected 2 or more"},
      {line("slices", "[[0,1,1,1000000001]]"), "F:2: slices: 1000000001; expected at most 1000000000"},
      {line("slices", "[[0,2,1,600000000]]"), "F:2: slices: 1200000002 rows; expected at most 1000000000 in all"},
      {line("kv_length", "1000000001"), "F:2: kv_length: 1000000001; expected at most 1000000000"},
      {line("stride", "[1,0]"), "F:2: stride: 0; expected 1 or more"},
      {line("stride", "[1000001,1]"), "F:2: stride: 1000001; expected at most 1000000"},
      {line("padding", "[-1,0]"), "F:2: padding: -1; expected 0 or more"},
  });
}

TEST(JsonlReaderErrors, Shapes) {
  expect_event_messages({
      {line("input_shape", "[1,-4,8]"), "F:2: input_shape: negative size -4; expected 0 or more"},
      {line("output_shape", "[1000000001]"),
       "F:2: output_shape: size 1000000001 is too large; expected at most 1000000000"},
      {line("input_shape", "[1000000000,1000000000]"),
       "F:2: input_shape: shape [1000000000, 1000000000] has more than 1e15 elements"},
      {line("input_shape", "[1,1,1,1,1,1,1,1,8]"),
       "F:2: input_shape: wrong shape rank: more than 8 sizes; expected at most that many"},
      {line("input_shape", "[]"), "F:2: input_shape: wrong shape rank: [] has 0 sizes; expected 1 or more"},
      {line("output_shape", "[]"), "F:2: output_shape: wrong shape rank: [] has 0 sizes; expected 1 or more"},
      {line("weight_shape", "[8]"), "F:2: weight_shape: wrong shape rank: [8] has 1 size; expected 2"},
      {line("weight_shape", "[8,16,1]"), "F:2: weight_shape: wrong shape rank: [8, 16, 1] has 3 sizes; expected 2"},
      {line("weight_shape", "[8,0]"), "F:2: weight_shape: size 0 in [8, 0]; expected 1 or more"},
      {line("weight_shape", "[8,-1]"), "F:2: weight_shape: negative size -1; expected 0 or more"},
      {line("weight_shape", "null"), "F:2: weight_shape: null on a layer; expected 2 sizes"},
      {function("weight_shape", "[2,3]"), "F:2: weight_shape: [2, 3] on a function; expected null"},
      {line("input_shape", "[1,4,9]"),
       "F:2: input_shape: last size 9 of [1, 4, 9]; expected 8, the in_features of weight_shape"},
      {line("output_shape", "[1,4,8]"),
       "F:2: output_shape: last size 8 of [1, 4, 8]; expected 16, the out_features of weight_shape"},
      {function("output_shape", "[2,4]"),
       "F:2: output_shape: [2, 4]; expected [2, 3], the input_shape, as of every softmax"},
      {line("type", "\"LlamaRMSNorm\""),
       "F:2: output_shape: [1, 4, 16]; expected [1, 4, 8], the input_shape, as of every LlamaRMSNorm"},
      {line("type", "\"SiLUActivation\""),
       "F:2: output_shape: [1, 4, 16]; expected [1, 4, 8], the input_shape, as of every SiLUActivation"},
      {line("type", "\"LayerNorm\""),
       "F:2: output_shape: [1, 4, 16]; expected [1, 4, 8], the input_shape, as of every LayerNorm"},
      {event("type", "\"Conv2d\"").set("input_shape", "[4,8]").str(),
       "F:2: input_shape: wrong shape rank: [4, 8] has 2 sizes; expected 3 or 4"},
      {event("type", "\"Conv2d\"").set("output_shape", "[1,1,1,1]").str(),
       "F:2: output_shape: wrong shape rank: [1, 1, 1, 1] has 4 sizes; expected 3"},
      {EventLine::function().set("type", "\"scaled_dot_product_attention\"").set("input_shape", "[4]").str(),
       "F:2: input_shape: wrong shape rank: [4] has 1 size; expected 2 or more"},
      {EventLine::function().set("type", "\"scaled_dot_product_attention\"").set("output_shape", "[4]").str(),
       "F:2: output_shape: wrong shape rank: [4] has 1 size; expected 2"},
      {EventLine::function().set("type", "\"matmul\"").set("input_shape", "[]").str(),
       "F:2: input_shape: wrong shape rank: [] has 0 sizes; expected 1 or more"},
  });
}
