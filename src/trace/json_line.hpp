/// Lines of JSON, each one object with known fields. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lines/line_reader.hpp"
#include "trace/json_value.hpp"

namespace upmem_des {

/// The fields that an object may have.
struct FieldTable {
  std::vector<std::string> names;  ///< at most 64
  std::uint64_t required = 0;      ///< bit i: names[i] must be there
};

/// Parses objects of one table's fields. Unknown fields are errors unless they begin with "x_"; these are only checked
/// for syntax.
class JsonLine {
 public:
  explicit JsonLine(const FieldTable& table) : table_(table) {}

  /// Parses the line that `lines` has just read and calls on_field(i, JsonValue&) for each field names[i]. Throws
  /// InputError on bad syntax, and on unknown, duplicate and missing fields.
  template <typename OnField>
  void read(const LineReader& lines, std::string_view line, const SourceLocation& where, OnField&& on_field);

 private:
  static constexpr std::size_t ignored = 64;

  static void check_object(std::string_view line, const JsonPlace& place);
  std::size_t identify(simdjson::ondemand::field& field, std::size_t position, const JsonPlace& place);
  std::size_t look_up(std::string_view key, const JsonPlace& place) const;
  [[noreturn]] void fail_missing(std::uint64_t seen, const JsonPlace& place) const;

  const FieldTable& table_;
  simdjson::ondemand::parser parser_;
  /// Lines are alike: the field that stood at a position last time is the one to try first.
  std::vector<std::size_t> last_order_;
};

template <typename OnField>
void JsonLine::read(const LineReader& lines, std::string_view line, const SourceLocation& where, OnField&& on_field) {
  const JsonPlace place{where, {}, !lines.line_ended()};
  check_object(line, place);
  simdjson::ondemand::document document;
  if (const auto error = parser_.iterate(line.data(), line.size(), line.size() + LineReader::padding).get(document))
    place.fail_syntax(error);
  simdjson::ondemand::object object;
  if (const auto error = document.get_object().get(object)) place.fail_syntax(error);

  std::uint64_t seen = 0;
  std::size_t position = 0;
  for (auto result : object) {
    simdjson::ondemand::field field;
    if (const auto error = std::move(result).get(field)) place.fail_syntax(error);
    const std::size_t index = identify(field, position++, place);
    if (index == ignored) {
      JsonValue(field.value(), place).skip();
      continue;
    }
    const JsonPlace value_place{where, table_.names[index], place.cut_off};
    if ((seen >> index & 1U) != 0) value_place.fail("a second time in one line; expected it once");
    seen |= std::uint64_t{1} << index;
    JsonValue value(field.value(), value_place);
    on_field(index, value);
  }
  // Text after the object: simdjson 3.0 tells only that way whether anything is left.
  if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) place.fail_syntax();
  if ((seen & table_.required) != table_.required) fail_missing(seen, place);
}

}  // namespace upmem_des
