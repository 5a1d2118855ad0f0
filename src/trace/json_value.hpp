/// Checked access to the values of a line of JSON. Internal to the room: the only header that knows simdjson.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// Where a value stands, for messages. Refers to texts that outlive it.
struct JsonPlace {
  const SourceLocation& where;
  std::string_view key;
  bool cut_off = false;  ///< the line is the last one and has no newline

  /// Throws InputError with the place and "problem".
  [[noreturn]] void fail(const std::string& problem) const;
  /// Throws InputError for text that is no JSON.
  [[noreturn]] void fail_syntax(simdjson::error_code error = simdjson::TAPE_ERROR) const;
};

/// Reads a token of JSON, with or without spaces behind it; false where it is no finite number.
bool plain_number(std::string_view token, double& value);

/// Does a text stand between its quotes as it is: UTF-8 without backslashes and control characters?
bool is_plain_text(std::string_view text);

/// A value, to be read once. All functions throw InputError with its place on another type and on bad syntax.
class JsonValue {
 public:
  JsonValue(simdjson::ondemand::value value, const JsonPlace& place) : value_(value), place_(place) {}

  bool is_null() { return literal("null"); }
  /// A whole number that fits into 64 bits, written without fraction and exponent.
  std::int64_t integer();
  /// A finite number.
  double number();
  /// A text, valid until the next line is read.
  std::string_view text();
  bool truth();
  /// Calls each(JsonValue&) for every item of a list.
  template <typename Each>
  void items(Each&& each);
  /// Only checks the syntax, whatever the value is.
  void skip(int depth = 0);

  const JsonPlace& place() const { return place_; }

 private:
  bool literal(std::string_view word);
  std::int64_t unusual_integer(std::string_view token) const;
  [[noreturn]] void wrong(std::string_view token, const char* expected) const;

  simdjson::ondemand::value value_;
  const JsonPlace& place_;
};

template <typename Each>
void JsonValue::items(Each&& each) {
  if (const std::string_view token = value_.raw_json_token(); token[0] != '[') wrong(token, "a list");
  simdjson::ondemand::array array;
  if (const auto error = value_.get_array().get(array)) place_.fail_syntax(error);
  for (auto item : array) {
    simdjson::ondemand::value value;
    if (const auto error = item.get(value)) place_.fail_syntax(error);
    JsonValue checked(value, place_);
    each(checked);
  }
}

}  // namespace upmem_des
