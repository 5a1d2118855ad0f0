/// Lines of events as nearly all of them are. Internal to the room.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "trace/name_cache.hpp"
#include "trace/operation_cache.hpp"
#include "trace/quoted_word.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// Reads what most lines are made of, at several times the speed of EventFields: the format's own fields, each once,
/// whole numbers without a sign, texts without a backslash. A network repeats itself, so a line is compared with what
/// is to be expected, keys with those that stood there last time, names with those of the same place in the network;
/// that takes no index of the line's parts, and no simdjson (docs/performance.md has figures of both). It finds nothing
/// wrong: whatever it does not know, good or bad, it leaves to EventFields, which gives the same event for all that is
/// read here.
class PlainEvents {
 public:
  PlainEvents();

  /// Overwrites `event` from a line of a LineReader that ended in a newline; false where the line is to be read by
  /// EventFields, and then what is in `event` means nothing.
  bool read(std::string_view line, LayerEvent& event);

 private:
  static constexpr std::size_t most_fields = 64;
  static constexpr std::size_t no_field = most_fields;

  struct Cursor;
  bool read_fields(Cursor& cursor, LayerEvent& event);
  bool read_field(std::size_t field, Cursor& cursor, LayerEvent& event);
  bool read_optional(std::size_t field, Cursor& cursor, LayerEvent& event);
  bool read_name(Cursor& cursor, NamesInPlace& names, Name& name);
  bool read_operation(Cursor& cursor, LayerEvent& event);
  /// The index in event_table() of the field whose name and quote `key` begins with; `no_field` where it has none.
  std::size_t field_at(const char* key, std::size_t position) {
    const std::size_t guess = order_[position];
    return keys_[guess].begins(key) ? guess : search(key, position);
  }
  std::size_t search(const char* key, std::size_t position);

  std::vector<QuotedWord> keys_;  ///< as in event_table()
  /// By position in the line: the field that stood there last time. There are no more positions than fields, since each
  /// is taken once.
  std::array<std::size_t, most_fields + 1> order_{};
  QuotedWord layer_{"layer"}, function_{"function"}, prefill_{"prefill"}, decode_{"decode"};
  NameCache cache_;
  NamesInPlace types_, names_, paths_, map_keys_, ops_;
  OperationCache operations_;
  std::size_t place_ = 0;  ///< in the network, as far as the event before tells
  Name last_path_;
  const std::uint64_t required_;  ///< fields, as bits
};

}  // namespace upmem_des
