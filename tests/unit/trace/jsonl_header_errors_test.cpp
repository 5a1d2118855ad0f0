/// Every message that a wrong header line gives, in full.
#include <gtest/gtest.h>

#include <utility>

#include "trace_files.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace {

std::string header(const std::string& fields) {
  return "{" + fields + "}\n" + EventLine().str() + "\n";
}

const std::string good = "\"format\":\"upmem-des-trace\",\"version\":1,\"dtype\":\"int8\",\"batch\":1";
const std::string no_format = "\"version\":1,\"dtype\":\"int8\",\"batch\":1";

}  // namespace

TEST(JsonlReaderErrors, Header) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {EventLine().str() + "\n",
       "F:1: an event; expected the header line before it, {\"format\":\"upmem-des-trace\",\"version\":1,…}"},
      {"# a comment\n", "F:1: not a JSON object; expected one object a line"},
      {"\n" + header_line, "F:1: a blank line; expected one object a line"},
      {"{\"format\":\"upmem-des-trace\",\n", "F:1: invalid JSON; expected one object a line"},
      {header(no_format), "F:1: format: missing; expected a value"},
      {header(no_format + ",\"format\":\"upmem-des\""), "F:1: format: 'upmem-des'; expected 'upmem-des-trace'"},
      {header(no_format + ",\"format\":null"), "F:1: format: null; expected a text"},
      {header("\"format\":\"upmem-des-trace\",\"dtype\":\"int8\",\"batch\":1"),
       "F:1: version: missing; expected a value"},
      {header("\"format\":\"upmem-des-trace\",\"version\":2,\"dtype\":\"int8\",\"batch\":1"),
       "F:1: version: 2; expected 1"},
      {header("\"format\":\"upmem-des-trace\",\"version\":1.0,\"dtype\":\"int8\",\"batch\":1"),
       "F:1: version: 1.0; expected a whole number"},
      {header("\"format\":\"upmem-des-trace\",\"version\":\"1\",\"dtype\":\"int8\",\"batch\":1"),
       "F:1: version: the text '1'; expected a whole number"},
      {header("\"format\":\"upmem-des-trace\",\"version\":1,\"batch\":1"), "F:1: dtype: missing; expected a value"},
      {header("\"format\":\"upmem-des-trace\",\"version\":1,\"dtype\":\"bfloat61\",\"batch\":1"),
       "F:1: dtype: unknown value 'bfloat61'; expected one of int4, int8, fp8, mxfp4, nvfp4, float16, bfloat16, "
       "float32, int4-g128, int4-g64, int4-g32, nf4 and 5 more; did "
       "you mean "
       "'bfloat16'?"},
      {header("\"format\":\"upmem-des-trace\",\"version\":1,\"dtype\":\"int8\""),
       "F:1: batch: missing; expected a value"},
      {header("\"format\":\"upmem-des-trace\",\"version\":1,\"dtype\":\"int8\",\"batch\":0"),
       "F:1: batch: 0; expected a whole number from 1 to 1000000000"},
      {header("\"format\":\"upmem-des-trace\",\"version\":1,\"dtype\":\"int8\",\"batch\":1000000001"),
       "F:1: batch: 1000000001; expected a whole number from 1 to 1000000000"},
      {header(good + ",\"model\":7"), "F:1: model: 7; expected a text"},
      {header(good + ",\"source\":[\"a\"]"), "F:1: source: a list; expected a text"},
      {header(good + ",\"model\":\"" + std::string(1001, 'a') + "\""),
       "F:1: model: a text of 1001 characters; expected at most 1000"},
      {header(good + ",\"num_key_value_heads\":0"),
       "F:1: num_key_value_heads: 0; expected a whole number from 1 to 1000000000"},
      {header(good + ",\"sliding_window\":-4"),
       "F:1: sliding_window: -4; expected a whole number from 1 to 1000000000"},
      {header(good + ",\"sliding_window\":true"), "F:1: sliding_window: true; expected a whole number"},
      {header(good + ",\"vocab_size\":0"), "F:1: vocab_size: 0; expected a whole number from 1 to 1000000000"},
      {header(good + ",\"marks_passes\":1"), "F:1: marks_passes: 1; expected true or false"},
      {header(good + ",\"last_layer\":7"), "F:1: last_layer: 7; expected a text"},
      {header(good + ",\"last_layer\":\"\""), "F:1: last_layer: empty; expected the name or path of a layer"},
      {header(good + ",\"last_layer\":\"" + std::string(1001, 'a') + "\""),
       "F:1: last_layer: a text of 1001 characters; expected at most 1000"},
      {header(good + ",\"activation_dtype\":\"fp88\""),
       "F:1: activation_dtype: unknown value 'fp88'; expected one of int4, int8, fp8, mxfp4, nvfp4, float16, bfloat16, "
       "float32, int4-g128, int4-g64, int4-g32, nf4 and 5 more; did you mean 'fp8'?"},
      {header(good + ",\"modle\":\"m\""),
       "F:1: modle: unknown field; expected one of format, version, model, dtype, batch, source, num_key_value_heads, "
       "sliding_window, weight_dtype, marks_passes, vocab_size, activation_dtype, last_layer, or x_…; did you mean "
       "'model'?"},
      {header(good + ",\"batch\":1"), "F:1: batch: a second time in one line; expected it once"},
  };
  const TemporaryFolder folder;
  for (const auto& [text, message] : cases) EXPECT_EQ(reading_error(folder.write("t.jsonl", text)), message) << text;
}
