#include "trace/header_fields.hpp"

#include <string>

#include "trace/event_check.hpp"
#include "trace/json_line.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr const char* format_name = "upmem-des-trace";

enum Field : std::size_t {
  Format,
  Version,
  Model,
  Dtype,
  Batch,
  Source,
  NumKeyValueHeads,
  SlidingWindow,
  WeightDtype,
  MarksPasses,
  VocabSize,
  ActivationDtype,
  LastLayer
};

const FieldTable& header_table() {
  static const FieldTable table{
      {"format", "version", "model", "dtype", "batch", "source", "num_key_value_heads", "sliding_window",
       "weight_dtype", "marks_passes", "vocab_size", "activation_dtype", "last_layer"},
      1U << Format | 1U << Version | 1U << Dtype | 1U << Batch};
  return table;
}

std::int64_t counted(JsonValue& value, std::int64_t max) {
  const std::int64_t number = value.integer();
  if (const std::string problem = count_problem(number, max); !problem.empty()) value.place().fail(problem);
  return number;
}

std::string text_of(JsonValue& value) {
  std::string text(value.text());
  if (const std::string problem = text_problem(text); !problem.empty()) value.place().fail(problem);
  return text;
}

NumberFormat data_type_of(JsonValue& value) {
  const std::string text = text_of(value);
  if (const auto type = parse_number_format(text)) return *type;
  value.place().fail("unknown value '" + text + "'; expected one of " + listed(number_format_names()) +
                     did_you_mean(text, number_format_names()));
}

void read_field(std::size_t field, JsonValue& value, TraceHeader& header) {
  switch (field) {
    case Format:
      if (const std::string text = text_of(value); text != format_name)
        value.place().fail("'" + text + "'; expected '" + format_name + "'");
      return;
    case Version:
      if (const std::int64_t version = value.integer(); version != 1)
        value.place().fail(std::to_string(version) + "; expected 1");
      return;
    case Model:
      header.model = text_of(value);
      return;
    case Dtype:
      header.dtype = data_type_of(value);
      return;
    case Batch:
      header.batch = counted(value, max_batch);
      return;
    case Source:
      header.source = text_of(value);
      return;
    case NumKeyValueHeads:
      if (!value.is_null()) header.num_key_value_heads = counted(value, Shape::max_size);
      return;
    case ActivationDtype:
      if (!value.is_null()) header.activation_dtype = data_type_of(value);
      return;
    case LastLayer:
      if (value.is_null()) return;
      header.last_layer = text_of(value);
      if (header.last_layer.empty()) value.place().fail("empty; expected the name or path of a layer");
      return;
    case VocabSize:
      if (!value.is_null()) header.vocab_size = counted(value, Shape::max_size);
      return;
    case MarksPasses:
      if (!value.is_null()) header.marks_passes = value.truth();
      return;
    case WeightDtype:
      if (!value.is_null()) header.weight_dtype = data_type_of(value);
      return;
    default:
      if (!value.is_null()) header.sliding_window = counted(value, Shape::max_size);
      return;
  }
}

}  // namespace

TraceHeader read_header(const LineReader& lines, std::string_view line, const SourceLocation& where) {
  // The likeliest mistake deserves better than "seq: unknown field".
  if (line.find("\"format\"") == std::string_view::npos && line.find("\"seq\"") != std::string_view::npos)
    throw InputError(where, std::string("an event; expected the header line before it, {\"format\":\"") + format_name +
                                "\",\"version\":1,…}");
  TraceHeader header;
  JsonLine json(header_table());
  json.read(lines, line, where, [&header](std::size_t field, JsonValue& value) { read_field(field, value, header); });
  return header;
}

}  // namespace upmem_des
