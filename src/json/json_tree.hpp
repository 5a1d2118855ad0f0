/// A JSON text as a tree. Plain: what reads files takes JsonNode, which checks what it is asked for.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "json/json_events.hpp"

namespace upmem_des {

/// The values in the file's order, 16 bytes each; a member has as many for its key. Immutable.
class JsonTree {
 public:
  /// Which value. The root is the first.
  using Place = std::uint32_t;
  static constexpr Place root = 0;
  static constexpr Place none = static_cast<Place>(-1);

  /// Throws InputError where read_json() does, on a key that an object has twice, and on a text of 4 GiB.
  explicit JsonTree(const JsonSource& source);

  const std::string& origin() const { return origin_; }

  JsonKind kind(Place value) const { return entries_[value].kind; }
  /// Of an Integer or a Truth.
  std::int64_t integer(Place value) const { return entries_[value].integer; }
  /// Of a Text, a WideInteger or a Number: see JsonScalar.
  std::string_view text(Place value) const;
  /// How many values a List or an Object has.
  std::size_t size(Place value) const { return entries_[value].inside.count; }

  /// The first value of a List or an Object that is not empty.
  Place first(Place value) const { return value + (kind(value) == JsonKind::Object ? 2 : 1); }
  /// The one behind `value` in the same List or Object, which has another.
  Place next(Place value) const { return behind(value) + (is_member(value) ? 1 : 0); }
  /// The value of an Object's member, or `none`.
  Place find(Place object, std::string_view key) const;

  bool is_member(Place value) const { return value > root && entries_[value - 1].is_key; }
  /// Of a member.
  std::string_view key(Place value) const { return text(value - 1); }
  /// Where a member's key is, or another value begins.
  int line(Place value) const { return static_cast<int>(entries_[is_member(value) ? value - 1 : value].line); }
  /// "a.b[3].c"; empty for the root. Looks through the file up to there.
  std::string path(Place value) const;

 private:
  class Builder;

  struct Slice {
    std::uint32_t begin;
    std::uint32_t size;
  };
  struct Inside {
    std::uint32_t count;
    Place end;  ///< behind the last value
  };
  struct Entry {
    JsonKind kind = JsonKind::Null;
    bool is_key = false;  ///< of the value behind it; a Text
    std::uint32_t line = 0;
    union {
      std::int64_t integer = 0;
      Slice text;  ///< in texts_
      Inside inside;
    };
  };

  Place behind(Place value) const;

  std::string origin_;
  std::vector<Entry> entries_;
  std::string texts_;
  /// Of Objects with many members: their values, sorted by key.
  std::map<Place, std::vector<Place>> sorted_;
};

}  // namespace upmem_des
