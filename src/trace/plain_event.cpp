#include "trace/plain_event.hpp"

#include <cstring>

#include "trace/event_check.hpp"
#include "trace/event_table.hpp"
#include "trace/json_value.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t most_digits = 18;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

}  // namespace

/// A place in a line. It never passes the line's end: there stands the newline, which is part of nothing that is read
/// here. Spaces before a token are passed along with it.
struct PlainEvents::Cursor {
  const char* at;
  const char* end;

  char here() {
    while (is_space(*at)) ++at;
    return *at;
  }

  /// Passes a bracket, a colon, a comma or a quote.
  bool pass(char c) {
    if (*at != c && here() != c) return false;
    ++at;
    return true;
  }

  bool pass_null() { return pass_literal("null", 4); }
  bool pass_literal(const char* word, std::size_t size) {
    if (std::memcmp(at, word, size) != 0) return false;
    at += size;
    return true;
  }

  bool read(std::int64_t& value) {
    here();
    const char* const begin = at;
    std::uint64_t number = 0;
    for (; *at >= '0' && *at <= '9'; ++at) number = 10 * number + static_cast<std::uint64_t>(*at - '0');
    const auto digits = static_cast<std::size_t>(at - begin);
    if (digits == 0 || digits > most_digits || (*begin == '0' && digits > 1)) return false;
    value = static_cast<std::int64_t>(number);
    return true;
  }

  bool read(double& value) {
    here();
    const char* const begin = at;
    while (*at != ',' && *at != '}' && *at != '\n') ++at;
    return plain_number({begin, static_cast<std::size_t>(at - begin)}, value);
  }

  bool read(bool& value) {
    value = here() == 't';
    return value ? pass_literal("true", 4) : pass_literal("false", 5);
  }

  template <class Value>
  bool read(std::optional<Value>& value) {
    return read(value.emplace());
  }

  /// The rest of a text whose opening quote has been passed, if it is `guess`.
  bool pass_text(const std::string& guess) {
    const std::size_t size = guess.size();
    if (static_cast<std::size_t>(end - at) <= size || std::memcmp(at, guess.data(), size) != 0 || at[size] != '"')
      return false;
    at += size + 1;
    return true;
  }

  /// The rest of a text whose opening quote has been passed, if it stands in the line as it is.
  bool read(std::string_view& value) {
    const void* const quote = std::memchr(at, '"', static_cast<std::size_t>(end - at));
    if (quote == nullptr) return false;
    value = {at, static_cast<std::size_t>(static_cast<const char*>(quote) - at)};
    at += value.size() + 1;
    return is_plain_text(value);
  }

  /// Calls add(value) for each number of a list, up to one that it does not take.
  template <class Add>
  bool read_list(Add&& add) {
    if (!pass('[')) return false;
    if (pass(']')) return true;
    do {
      std::int64_t value = 0;
      if (!read(value) || !add(value)) return false;
    } while (pass(','));
    return pass(']');
  }

  bool read(Shape& shape) {
    shape.clear();
    return read_list([&shape](std::int64_t size) {
      if (shape.rank() == Shape::max_rank) return false;
      shape.push_back(size);
      return true;
    });
  }

  bool read(std::vector<std::int64_t>& values) {
    return read_list([&values](std::int64_t value) {
      values.push_back(value);
      return true;
    });
  }

  bool read(std::array<std::int64_t, 2>& pair) {
    std::size_t count = 0;
    const bool read_all = read_list([&](std::int64_t value) {
      if (count == pair.size()) return false;
      pair[count++] = value;
      return true;
    });
    return read_all && count == pair.size();
  }

  /// One of two words: 0 or 1.
  bool read(const QuotedWord& first, const QuotedWord& second, std::size_t& choice) {
    if (!pass('"')) return false;
    choice = first.begins(at) ? 0 : 1;
    if (choice == 1 && !second.begins(at)) return false;
    at += (choice == 0 ? first : second).size() + 1;
    return true;
  }
};

PlainEvents::PlainEvents() : required_(event_table().required) {
  for (const std::string& name : event_table().names) keys_.emplace_back(name);
}

bool PlainEvents::read(std::string_view line, LayerEvent& event) {
  event.clear_optional();
  Cursor cursor{line.data(), line.data() + line.size()};
  if (!read_fields(cursor, event)) return false;
  cursor.here();
  if (cursor.at != cursor.end) return false;
  // Functions have no path: they stand behind the layer that came last.
  if (event.path.empty()) {
    place_ = 31 * std::size_t{last_path_.index()} + event.name.index();
  } else {
    last_path_ = event.path;
    place_ = event.path.index();
  }
  return true;
}

bool PlainEvents::read_fields(Cursor& cursor, LayerEvent& event) {
  if (!cursor.pass('{')) return false;
  std::uint64_t seen = 0;
  std::size_t position = 0;
  do {
    if (!cursor.pass('"')) return false;
    const std::size_t field = field_at(cursor.at, position++);
    if (field == no_field || (seen >> field & 1U) != 0) return false;
    seen |= std::uint64_t{1} << field;
    cursor.at += keys_[field].size() + 1;
    if (!cursor.pass(':') || !read_field(field, cursor, event)) return false;
  } while (cursor.pass(','));
  return (seen & required_) == required_ && cursor.pass('}');
}

bool PlainEvents::read_field(std::size_t field, Cursor& cursor, LayerEvent& event) {
  std::size_t choice = 0;
  switch (field) {
    case Seq:
      return cursor.read(event.seq);
    case Kind:
      if (!cursor.read(layer_, function_, choice)) return false;
      event.kind = choice == 0 ? EventKind::Layer : EventKind::Function;
      return true;
    case Type:
      return read_name(cursor, types_, event.type);
    case NameField:
      return read_name(cursor, names_, event.name);
    case Id:
      event.id.reset();
      return cursor.here() == 'n' ? cursor.pass_null() : cursor.read(event.id);
    case PhaseField:
      if (!cursor.read(prefill_, decode_, choice)) return false;
      event.phase = choice == 0 ? Phase::Prefill : Phase::Decode;
      return true;
    case Step:
      return cursor.read(event.step);
    case InputShape:
      return cursor.read(event.input_shape);
    case WeightShape:
      event.weight_shape.reset();
      return cursor.here() == 'n' ? cursor.pass_null() : cursor.read(event.weight_shape);
    case OutputShape:
      return cursor.read(event.output_shape);
    default:
      return cursor.here() == 'n' ? cursor.pass_null() : read_optional(field, cursor, event);
  }
}

bool PlainEvents::read_optional(std::size_t field, Cursor& cursor, LayerEvent& event) {
  switch (field) {
    case Path:
      return read_name(cursor, paths_, event.path);
    case MapKey:
      return read_name(cursor, map_keys_, event.map_key) && !event.map_key.empty();
    case StartNs:
      return cursor.read(event.start_ns);
    case DurationNs:
      return cursor.read(event.duration_ns);
    case Deps:
      if (!cursor.read(event.deps)) return false;
      event.waits_for_nothing = event.deps.empty();
      return true;
    case Experts:
      return cursor.read(event.experts);
    case KvLength:
      return cursor.read(event.kv_length);
    case Stride:
      return cursor.read(event.stride);
    case Padding:
      return cursor.read(event.padding);
    case Causal:
      return cursor.read(event.causal);
    case EndsPass:
      return cursor.read(event.ends_pass);
    case Op:
      return read_operation(cursor, event);
    default:
      return false;
  }
}

bool PlainEvents::read_name(Cursor& cursor, NamesInPlace& names, Name& name) {
  if (!cursor.pass('"')) return false;
  Name& guess = names.at(place_);
  if (!cursor.pass_text(guess.str())) {
    // One that is too long must not enter the table of all names, which never forgets one.
    std::string_view text;
    if (!cursor.read(text) || text.size() > max_text) return false;
    try {
      guess = cache_.find(text);
    } catch (const InputError&) {
      return false;
    }
  }
  name = guess;
  return true;
}

bool PlainEvents::read_operation(Cursor& cursor, LayerEvent& event) {
  Name text;
  if (!read_name(cursor, ops_, text)) return false;
  try {
    event.operation = &operations_.find(text);
  } catch (const InputError&) {
    return false;
  }
  return true;
}

std::size_t PlainEvents::search(const char* key, std::size_t position) {
  for (std::size_t field = 0; field < keys_.size(); ++field)
    if (keys_[field].begins(key)) return order_[position] = field;
  return no_field;
}

}  // namespace upmem_des
