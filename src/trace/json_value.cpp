#include "trace/json_value.hpp"

#include <charconv>
#include <cmath>
#include <cstring>

#include "util/number_text.hpp"
#include "util/shortened.hpp"

namespace upmem_des {

namespace {

constexpr int max_depth = 64;
constexpr std::size_t longest_shown = 60;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view trimmed(std::string_view token) {
  while (!token.empty() && is_space(token.back())) token.remove_suffix(1);
  return token;
}

/// Does `text` keep to JSON's grammar of numbers, which is narrower than that of std::from_chars?
bool is_number(std::string_view text) {
  std::size_t i = 0;
  const auto at = [&](std::size_t place) { return place < text.size() ? text[place] : '\0'; };
  const auto digits = [&] {
    const std::size_t first = i;
    while (is_digit(at(i))) ++i;
    return i > first;
  };
  if (at(i) == '-') ++i;
  if (at(i) == '0')
    ++i;
  else if (!digits())
    return false;
  if (at(i) == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (at(i) == 'e' || at(i) == 'E') {
    ++i;
    if (at(i) == '+' || at(i) == '-') ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

std::string shown(std::string_view text) {
  return shortened(text, longest_shown, "…");
}

/// What stands there, in words; "" when it is no JSON value.
std::string described(std::string_view token) {
  token = trimmed(token);
  if (token.empty()) return {};
  if (token[0] == '{') return "an object";
  if (token[0] == '[') return "a list";
  if (token[0] == '"') return "the text '" + shown(token.substr(1, token.rfind('"') - 1)) + "'";
  if (token == "null" || token == "true" || token == "false" || is_number(token)) return shown(token);
  return {};
}

}  // namespace

bool plain_number(std::string_view token, double& value) {
  const std::string_view text = trimmed(token);
  return is_number(text) && parse_number(text, value) && std::isfinite(value);
}

bool is_plain_text(std::string_view text) {
  bool ascii = true;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20U || c == '\\' || c == '"') return false;
    if (byte >= 0x80U) ascii = false;
  }
  return ascii || simdjson::validate_utf8(text.data(), text.size());
}

void JsonPlace::fail(const std::string& problem) const {
  throw InputError(where, std::string(key), problem);
}

void JsonPlace::fail_syntax(simdjson::error_code error) const {
  if (error == simdjson::UTF8_ERROR) fail("invalid UTF-8; expected UTF-8 text");
  if (cut_off) fail("invalid JSON in a last line without a newline (a truncated file?); expected one object a line");
  fail("invalid JSON; expected one object a line");
}

void JsonValue::wrong(std::string_view token, const char* expected) const {
  const std::string found = described(token);
  if (found.empty()) place_.fail_syntax();
  place_.fail(found + "; expected " + expected);
}

std::int64_t JsonValue::integer() {
  const std::string_view token = value_.raw_json_token();
  // The usual case by hand: a few digits.
  std::int64_t value = 0;
  std::size_t i = 0;
  for (; i < token.size() && i < 18 && is_digit(token[i]); ++i) value = 10 * value + (token[i] - '0');
  if (i > 0 && i == token.size() && (token[0] != '0' || i == 1)) return value;
  return unusual_integer(trimmed(token));
}

std::int64_t JsonValue::unusual_integer(std::string_view token) const {
  if (!is_number(token)) wrong(token, "a whole number");
  std::int64_t value = 0;
  const auto [stop, error] = std::from_chars(token.data(), token.data() + token.size(), value);
  if (stop != token.data() + token.size()) wrong(token, "a whole number");
  if (error != std::errc()) place_.fail(shown(token) + " does not fit into 64 bits; expected a whole number");
  return value;
}

double JsonValue::number() {
  const std::string_view token = trimmed(value_.raw_json_token());
  double value = 0;
  if (!plain_number(token, value)) wrong(token, is_number(token) ? "a finite number" : "a number");
  return value;
}

std::string_view JsonValue::text() {
  const std::string_view token = value_.raw_json_token();
  if (token[0] != '"') wrong(token, "a text");
  const char* const begin = token.data() + 1;
  const void* const quote = std::memchr(begin, '"', token.size() - 1);
  const std::size_t size =
      quote != nullptr ? static_cast<std::size_t>(static_cast<const char*>(quote) - begin) : token.size() - 1;
  if (quote == nullptr || std::memchr(begin, '\\', size) != nullptr) {
    std::string_view unescaped;
    if (const auto error = value_.get_string().get(unescaped)) place_.fail_syntax(error);
    return unescaped;
  }
  simdjson::ondemand::raw_json_string consumed;
  if (const auto error = value_.get_raw_json_string().get(consumed)) place_.fail_syntax(error);
  return {begin, size};
}

bool JsonValue::truth() {
  if (literal("true")) return true;
  if (!literal("false")) wrong(value_.raw_json_token(), "true or false");
  return false;
}

bool JsonValue::literal(std::string_view word) {
  const std::string_view token = value_.raw_json_token();
  return token[0] == word[0] && trimmed(token) == word;
}

void JsonValue::skip(int depth) {
  if (depth > max_depth) place_.fail("nested deeper than 64 levels; expected a plain value");
  const std::string_view token = value_.raw_json_token();
  if (token[0] == '[') {
    items([depth](JsonValue& item) { item.skip(depth + 1); });
  } else if (token[0] == '{') {
    simdjson::ondemand::object object;
    if (const auto error = value_.get_object().get(object)) place_.fail_syntax(error);
    for (auto field : object) {
      simdjson::ondemand::value value;
      std::string_view key;
      if (const auto error = field.unescaped_key().get(key)) place_.fail_syntax(error);
      if (const auto error = field.value().get(value)) place_.fail_syntax(error);
      JsonValue(value, place_).skip(depth + 1);
    }
  } else if (token[0] == '"') {
    text();
  } else if (described(token).empty()) {
    place_.fail_syntax();
  }
}

}  // namespace upmem_des
