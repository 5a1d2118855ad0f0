#include "json/json_events.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>

#include "upmem_des/util/error.hpp"
#include "util/shortened.hpp"

namespace upmem_des {

namespace {

using Json = nlohmann::json;

constexpr std::size_t shown_bytes = 60;
constexpr std::string_view blanks = " \t\r\n";
/// The id of the library's error for a number that is infinite as a double.
constexpr int number_overflow = 406;

/// Walks over the text and leaves word of how far the parser has read: the library's callbacks do not tell.
class TrackedPosition {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  TrackedPosition(const char* at, const char** read_to) : at_(at), read_to_(read_to) {}
  reference operator*() const { return *at_; }
  TrackedPosition& operator++() {
    *read_to_ = ++at_;
    return *this;
  }
  TrackedPosition operator++(int) {
    TrackedPosition before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const TrackedPosition& a, const TrackedPosition& b) { return a.at_ == b.at_; }
  friend bool operator!=(const TrackedPosition& a, const TrackedPosition& b) { return a.at_ != b.at_; }

 private:
  const char* at_;
  const char** read_to_;
};

/// What the library's parser calls: counts lines and depth, and hands on.
class Translator final : public nlohmann::json_sax<Json> {
 public:
  Translator(const JsonSource& source, JsonEvents& events)
      : source_(source),
        events_(events),
        read_to_(source.text.data()),
        counted_to_(source.text.data()),
        line_(source.first_line) {}

  void read() {
    const char* const end = source_.text.data() + source_.text.size();
    Json::sax_parse(TrackedPosition(source_.text.data(), &read_to_), TrackedPosition(end, &read_to_), this);
    // A zero byte ends the text for the library. Some fill a file up with them.
    if (const char* const rest = std::find_if(read_to_, end, is_no_filling); rest != end)
      fail_at(static_cast<std::size_t>(rest - source_.text.data()) + 1);
  }

  bool null() override { return scalar({JsonKind::Null, 0, {}}, read_to_); }
  bool boolean(bool truth) override { return scalar({JsonKind::Truth, truth ? 1 : 0, {}}, read_to_); }
  bool number_integer(number_integer_t number) override {
    return scalar({JsonKind::Integer, number, {}}, end_of_number());
  }
  bool number_unsigned(number_unsigned_t number) override {
    if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return number_integer(static_cast<std::int64_t>(number));
    const std::string digits = std::to_string(number);
    return scalar({JsonKind::WideInteger, 0, digits}, end_of_number());
  }
  bool number_float(number_float_t, const string_t& as_written) override {
    const bool is_whole = as_written.find_first_not_of("-0123456789") == std::string::npos;
    return scalar({is_whole ? JsonKind::WideInteger : JsonKind::Number, 0, as_written}, end_of_number());
  }
  bool string(string_t& text) override { return scalar({JsonKind::Text, 0, text}, read_to_); }
  bool binary(binary_t&) override { return true; }
  bool key(string_t& name) override {
    events_.key(name, line_at(read_to_));
    return true;
  }
  bool start_object(std::size_t) override { return begin(JsonKind::Object); }
  bool start_array(std::size_t) override { return begin(JsonKind::List); }
  bool end_object() override { return end(); }
  bool end_array() override { return end(); }

  bool parse_error(std::size_t position, const std::string&, const Json::exception& error) override {
    if (error.id == number_overflow) fail(end_of_number(), "a number beyond 1.8e308");
    // The position counts the bytes up to the one that cannot be, that one included.
    if (position > source_.text.size()) fail(source_.text.data() + source_.text.size(), "ends in the middle");
    fail_at(position);
  }

 private:
  static bool is_no_filling(char c) { return c != '\0' && blanks.find(c) == std::string_view::npos; }

  bool scalar(const JsonScalar& value, const char* end) {
    events_.value(value, line_at(end));
    return true;
  }

  bool begin(JsonKind kind) {
    if (++depth_ > max_json_depth) fail(read_to_, "nested more than " + std::to_string(max_json_depth) + " deep");
    events_.begin(kind, line_at(read_to_));
    return true;
  }

  bool end() {
    --depth_;
    events_.end();
    return true;
  }

  /// The parser has read a byte beyond a number, to know that it ends: the line's end, perhaps.
  const char* end_of_number() const { return read_to_ - (read_to_[-1] == '\n' ? 1 : 0); }

  [[noreturn]] void fail(const char* at, const std::string& problem) {
    throw InputError({std::string(source_.origin), line_at(at)},
                     problem + "; expected " + std::string(source_.expected));
  }

  [[noreturn]] void fail_at(std::size_t position) {
    const std::string byte =
        source_.first_line == no_lines ? " from its byte " + std::to_string(position) + " on," : "";
    fail(source_.text.data() + (position == 0 ? 0 : position - 1),
         "not JSON" + byte + " at '" + line_to(position) + "'");
  }

  /// The end of the text before `position`, at most its last line.
  std::string line_to(std::size_t position) const {
    std::string_view line = source_.text.substr(0, position);
    const std::size_t line_break = line.find_last_of('\n', position < 2 ? 0 : position - 2);
    if (position > 1 && line_break != std::string_view::npos) line.remove_prefix(line_break + 1);
    if (line.size() > shown_bytes) line.remove_prefix(line.size() - shown_bytes);
    while (!line.empty() && line.size() == shown_bytes && continues_character(line.front())) line.remove_prefix(1);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return std::string(line);
  }

  /// The line of `at`, which only ever moves on, so that each byte is counted once.
  int line_at(const char* at) {
    if (source_.first_line != no_lines && at > counted_to_) {
      line_ += static_cast<int>(std::count(counted_to_, at, '\n'));
      counted_to_ = at;
    }
    return line_;
  }

  const JsonSource& source_;
  JsonEvents& events_;
  const char* read_to_;
  const char* counted_to_;
  int line_;
  int depth_ = 0;
};

}  // namespace

std::string shown(const JsonScalar& scalar) {
  switch (scalar.kind) {
    case JsonKind::Null:
      return "null";
    case JsonKind::Truth:
      return scalar.integer != 0 ? "true" : "false";
    case JsonKind::Integer:
      return std::to_string(scalar.integer);
    case JsonKind::Text:
      return "'" + shortened(scalar.text, shown_bytes) + "'";
    default:
      return shortened(scalar.text, shown_bytes);
  }
}

void read_json(const JsonSource& source, JsonEvents& events) {
  const auto fail = [&source](const char* problem) {
    throw InputError({std::string(source.origin), source.first_line},
                     std::string(problem) + "; expected " + std::string(source.expected));
  };
  if (source.text.find_first_not_of(blanks) == std::string_view::npos) fail("empty");
  if (source.text.substr(0, 2) == "\x1f\x8b") fail("compressed");
  Translator(source, events).read();
}

}  // namespace upmem_des
