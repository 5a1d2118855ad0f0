#include "trace/event_fields.hpp"

#include "trace/event_check.hpp"
#include "trace/event_table.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

void read_shape(JsonValue& value, Shape& shape) {
  shape.clear();
  value.items([&](JsonValue& item) {
    if (shape.rank() == Shape::max_rank)
      value.place().fail("wrong shape rank: more than " + std::to_string(Shape::max_rank) +
                         " sizes; expected at most that many");
    shape.push_back(item.integer());
  });
}

void read_integers(JsonValue& value, std::vector<std::int64_t>& integers) {
  value.items([&](JsonValue& item) { integers.push_back(item.integer()); });
}

std::array<std::int64_t, 2> pair_of(JsonValue& value) {
  std::array<std::int64_t, 2> pair{};
  std::size_t count = 0;
  value.items([&](JsonValue& item) {
    const std::int64_t number = item.integer();
    if (count < pair.size()) pair[count] = number;
    ++count;
  });
  if (count != pair.size()) value.place().fail("a list of " + std::to_string(count) + "; expected 2 whole numbers");
  return pair;
}

/// [[first sequence, sequences, new rows, cached rows], …]
void read_slices(JsonValue& value, LayerEvent& event) {
  auto slices = std::make_shared<std::vector<Slice>>();
  value.items([&](JsonValue& item) {
    std::vector<std::int64_t> numbers;
    read_integers(item, numbers);
    if (numbers.size() != 4)
      item.place().fail("a slice of " + std::to_string(numbers.size()) +
                        " numbers; expected 4: the first sequence, how many there are, new and cached rows of each");
    slices->push_back({numbers[0], numbers[1], numbers[2], numbers[3]});
  });
  event.slices = std::move(slices);
}

/// 0 or 1: which of two words it is.
std::size_t choice_of(JsonValue& value, const char* first, const char* second) {
  const std::string_view text = value.text();
  if (text == first) return 0;
  if (text == second) return 1;
  value.place().fail("unknown value '" + std::string(text.substr(0, 60)) + "'; expected " + first + " or " + second +
                     did_you_mean(text, {first, second}));
}

}  // namespace

EventFields::EventFields() : json_(event_table()) {}

void EventFields::read(const LineReader& lines, std::string_view line, const SourceLocation& where, LayerEvent& event) {
  if (lines.line_ended() && plain_.read(line, event)) return;
  event.clear_optional();
  json_.read(lines, line, where, [&](std::size_t field, JsonValue& value) {
    if (field <= OutputShape)
      read_required(field, value, event);
    else if (!value.is_null())
      read_optional(field, value, event);
  });
}

void EventFields::read_required(std::size_t field, JsonValue& value, LayerEvent& event) {
  switch (field) {
    case Seq:
      event.seq = value.integer();
      return;
    case Kind:
      event.kind = choice_of(value, "layer", "function") == 0 ? EventKind::Layer : EventKind::Function;
      return;
    case Type:
      event.type = name_of(value);
      return;
    case NameField:
      event.name = name_of(value);
      return;
    case Id:
      if (value.is_null())
        event.id.reset();
      else
        event.id = value.integer();
      return;
    case PhaseField:
      event.phase = choice_of(value, "prefill", "decode") == 0 ? Phase::Prefill : Phase::Decode;
      return;
    case Step:
      event.step = value.integer();
      return;
    case InputShape:
      read_shape(value, event.input_shape);
      return;
    case WeightShape:
      if (value.is_null())
        event.weight_shape.reset();
      else
        read_shape(value, event.weight_shape.emplace());
      return;
    default:
      read_shape(value, event.output_shape);
      return;
  }
}

void EventFields::read_optional(std::size_t field, JsonValue& value, LayerEvent& event) {
  switch (field) {
    case Path:
      event.path = name_of(value);
      return;
    case MapKey:
      event.map_key = name_of(value);
      if (event.map_key.empty()) value.place().fail("empty; expected a text");
      return;
    case StartNs:
      event.start_ns = value.number();
      return;
    case DurationNs:
      event.duration_ns = value.number();
      return;
    case Deps:
      read_integers(value, event.deps);
      event.waits_for_nothing = event.deps.empty();
      return;
    case Experts:
      read_integers(value, event.experts);
      return;
    case KvLength:
      event.kv_length = value.integer();
      return;
    case Stride:
      event.stride = pair_of(value);
      return;
    case Padding:
      event.padding = pair_of(value);
      return;
    case Causal:
      event.causal = value.truth();
      return;
    case EndsPass:
      event.ends_pass = value.truth();
      return;
    case Slices:
      read_slices(value, event);
      return;
    default:
      read_operation(value, event);
      return;
  }
}

void EventFields::read_operation(JsonValue& value, LayerEvent& event) {
  const Name text = name_of(value);
  try {
    event.operation = &operations_.find(text);
  } catch (const InputError& error) {
    value.place().fail(error.what());
  }
}

Name EventFields::name_of(JsonValue& value) {
  const std::string_view text = value.text();
  // Before the name enters the table of all names, which never forgets one.
  if (text.size() > max_text)
    if (const std::string problem = text_problem(std::string(text)); !problem.empty()) value.place().fail(problem);
  try {
    return names_.find(text);
  } catch (const InputError& error) {
    value.place().fail(error.what());
  }
}

}  // namespace upmem_des
