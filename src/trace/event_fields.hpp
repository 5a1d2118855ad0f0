/// The line of an event. Internal to the room.
#pragma once

#include <string_view>

#include "trace/json_line.hpp"
#include "trace/name_cache.hpp"
#include "trace/plain_event.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

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
  void read_operation(JsonValue& value, LayerEvent& event);
  Name name_of(JsonValue& value);

  PlainEvents plain_;
  JsonLine json_;
  NameCache names_;
  OperationCache operations_;
};

}  // namespace upmem_des
