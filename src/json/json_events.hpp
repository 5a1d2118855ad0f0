/// JSON as a stream of events, with the line of each: for files of which nothing is to be kept but what is asked for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace upmem_des {

enum class JsonKind : std::uint8_t {
  Null,
  Truth,
  Integer,
  WideInteger,  ///< that 64 bits with a sign do not hold
  Number,       ///< with a fraction or an exponent; a double holds it
  Text,
  List,
  Object
};

/// A value that holds no others.
struct JsonScalar {
  JsonKind kind = JsonKind::Null;
  std::int64_t integer = 0;  ///< of an Integer, and 0 or 1 of a Truth
  /// A Text's characters; a WideInteger or a Number as it is written. Does not outlive the call.
  std::string_view text;
};

/// The value as messages show it: "null", "true", "4.5", "'text'"; not much of a long one.
std::string shown(const JsonScalar& scalar);

/// Is told what a text says, in its order; may throw. Lines are from the text's first on.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;

  virtual void value(const JsonScalar& scalar, int line) = 0;
  /// The name of the member whose value comes next; an object may have had one of that name already. `name` does not
  /// outlive the call.
  virtual void key(std::string_view name, int line) = 0;
  virtual void begin(JsonKind list_or_object, int line) = 0;
  virtual void end() = 0;
};

/// As a text's first line: it has no lines worth telling, and messages say which byte instead.
constexpr int no_lines = 0;

/// A text, and what messages call it. Nothing here is owned.
struct JsonSource {
  std::string_view text;
  std::string_view origin;    ///< the file's name
  std::string_view expected;  ///< what it should be: "a result, as `run --json` writes it"
  /// The text's first line in the file, or `no_lines`.
  int first_line = 1;
};

/// How deep lists and objects may be in one another.
constexpr int max_json_depth = 100;

/// Tells `events` of the text, which is one value in UTF-8, with or without a byte order mark. Throws InputError
/// ("FILE:LINE: problem; expected …") on an empty or compressed text, one that is no JSON (NaN among it) or ends in the
/// middle, a number that a double cannot hold, and values nested deeper than `max_json_depth`.
void read_json(const JsonSource& source, JsonEvents& events);

}  // namespace upmem_des
