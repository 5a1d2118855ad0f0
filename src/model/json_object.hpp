/// The top level of a JSON file with the line of every key, for messages. The only file of this room that knows a JSON
/// library.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// One key of the object and its value; a nested value is known by its text only.
struct JsonMember {
  enum class Kind { Null, Truth, Integer, Number, Text, List, Object };

  std::string key;
  int line = 0;        ///< of the key, from 1
  int value_line = 0;  ///< of an Object's brace or a List's bracket
  Kind kind = Kind::Null;
  std::string text;          ///< a Text's characters; of all others what the file says
  std::int64_t integer = 0;  ///< of an Integer, and 0 or 1 of a Truth
};

/// A JSON object's members in the file's order, keys unique.
class JsonObject {
 public:
  /// `origin` stands for the file's name in messages, `first_line` for the line of it that the text begins on. Throws
  /// InputError on anything but one JSON object and on a key that is given twice. An integer that 64 bits do not hold
  /// is a Number.
  JsonObject(std::string_view text, std::string origin, int first_line = 1);

  const std::vector<JsonMember>& members() const { return members_; }
  /// The member of that key, or nullptr.
  const JsonMember* find(std::string_view key) const;
  /// All keys, in order.
  std::vector<std::string> keys() const;

  /// The object that is the value of a member of kind Object.
  JsonObject nested(const JsonMember& member) const { return {member.text, origin_, member.value_line}; }

  /// Where a member stands.
  SourceLocation where(const JsonMember& member) const { return {origin_, member.line}; }
  /// The file, without a line.
  SourceLocation where() const { return {origin_, 0}; }

 private:
  std::string origin_;
  std::vector<JsonMember> members_;
};

/// The items of a member of kind List, each with its kind and text; nested ones by their kind only.
std::vector<JsonMember> list_items(const JsonMember& list);

/// The value as a message shows it: "null", "true", "4.5", "'text'", "a list", "an object".
std::string shown(const JsonMember& member);

}  // namespace upmem_des
