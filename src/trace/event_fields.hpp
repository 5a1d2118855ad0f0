/// The line of an event. Internal to the room.
#pragma once

#include <string_view>
#include <vector>

#include "trace/json_line.hpp"
#include "trace/layer_event.hpp"

namespace upmem_des {

/// Names that were looked up before, so that known ones need not take the lock of the table of all names. Its size is
/// fixed: of two names with one hash the later replaces the earlier.
class NameCache {
 public:
  NameCache() : names_(slots) {}
  /// Throws InputError when too many names are in use.
  Name find(std::string_view text);

 private:
  static constexpr std::size_t slots = 8192;
  std::vector<Name> names_;
};

/// Reads events, with buffers that are used again from line to line.
class EventFields {
 public:
  EventFields();

  /// Overwrites `event` from the line that `lines` has just read. Checks types and syntax, not the values; see
  /// event_problem(). Throws InputError.
  void read(const LineReader& lines, std::string_view line, const SourceLocation& where, LayerEvent& event);

 private:
  void read_required(std::size_t field, JsonValue& value, LayerEvent& event);
  void read_optional(std::size_t field, JsonValue& value, LayerEvent& event);
  Name name_of(JsonValue& value);

  JsonLine json_;
  NameCache names_;
};

}  // namespace upmem_des
