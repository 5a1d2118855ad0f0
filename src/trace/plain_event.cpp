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

/// A place among a line's tokens. It never passes the end: there stands the newline, which no token begins with, so
/// that nothing below takes it for one.
struct PlainEvents::Cursor {
  const char* text;
  const std::uint32_t* token;

  char here() const { return text[*token]; }

  /// Passes a bracket, a colon or a comma.
  bool pass(char c) {
    if (here() != c) return false;
    ++token;
    return true;
  }

  /// Passes a word that was read up to `end`, if nothing but spaces follows.
  bool pass_to(const char* end) {
    const char* const next = text + token[1];
    while (end != next && is_space(*end)) ++end;
    ++token;
    return end == next;
  }

  bool is_null() const { return here() == 'n'; }
  bool pass_null() { return pass_literal("null", 4); }
  bool pass_literal(const char* word, std::size_t size) {
    const char* const begin = text + *token;
    return std::memcmp(begin, word, size) == 0 && pass_to(begin + size);
  }

  bool read(std::int64_t& value) {
    const char* const begin = text + *token;
    const char* end = begin;
    std::uint64_t number = 0;
    for (; *end >= '0' && *end <= '9'; ++end) number = 10 * number + static_cast<std::uint64_t>(*end - '0');
    const auto digits = static_cast<std::size_t>(end - begin);
    if (digits == 0 || digits > most_digits || (*begin == '0' && digits > 1)) return false;
    value = static_cast<std::int64_t>(number);
    return pass_to(end);
  }

  bool read(double& value) {
    const std::string_view token_text(text + *token, token[1] - *token);
    ++token;
    return plain_number(token_text, value);
  }

  bool read(bool& value) {
    value = here() == 't';
    return value ? pass_literal("true", 4) : pass_literal("false", 5);
  }

  template <class Value>
  bool read(std::optional<Value>& value) {
    return read(value.emplace());
  }

  /// A text, without its quotes.
  bool read(std::string_view& value) {
    if (here() != '"') return false;
    const std::uint32_t begin = *token + 1;
    std::uint32_t end = token[1] - 1;
    while (is_space(text[end])) --end;
    // The closing quote; the opening one where the text's end stands on another line.
    if (end < begin || text[end] != '"') return false;
    value = {text + begin, end - begin};
    ++token;
    return true;
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
    std::string_view word;
    if (!read(word)) return false;
    choice = first.begins(word.data()) ? 0 : 1;
    return choice == 0 || second.begins(word.data());
  }
};

PlainEvents::PlainEvents() : required_(event_table().required) {
  for (const std::string& name : event_table().names) keys_.emplace_back(name);
}

bool PlainEvents::read(std::string_view line, LayerEvent& event) {
  if (!tokens_.split(line)) return false;
  event.clear_optional();
  Cursor cursor{line.data(), tokens_.begin()};
  if (!read_fields(cursor, event) || cursor.token != tokens_.end()) return false;
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
    if (cursor.here() != '"') return false;
    const std::size_t field = field_at(cursor.text + *cursor.token + 1, position++);
    if (field == no_field || (seen >> field & 1U) != 0) return false;
    seen |= std::uint64_t{1} << field;
    ++cursor.token;
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
      return cursor.is_null() ? cursor.pass_null() : cursor.read(event.id);
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
      return cursor.is_null() ? cursor.pass_null() : cursor.read(event.weight_shape);
    case OutputShape:
      return cursor.read(event.output_shape);
    default:
      return cursor.is_null() ? cursor.pass_null() : read_optional(field, cursor, event);
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
      return cursor.read(event.deps);
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
    default:
      return false;
  }
}

bool PlainEvents::read_name(Cursor& cursor, NamesInPlace& names, Name& name) {
  std::string_view text;
  if (!cursor.read(text)) return false;
  Name& guess = names.at(place_);
  if (guess != text) {
    // One that is too long must not enter the table of all names, which never forgets one.
    if (text.size() > max_text || std::memchr(text.data(), '\\', text.size()) != nullptr) return false;
    try {
      guess = cache_.find(text);
    } catch (const InputError&) {
      return false;
    }
  }
  name = guess;
  return true;
}

std::size_t PlainEvents::search(const char* key, std::size_t position) {
  for (std::size_t field = 0; field < keys_.size(); ++field)
    if (keys_[field].begins(key)) return order_[position] = field;
  return no_field;
}

}  // namespace upmem_des
