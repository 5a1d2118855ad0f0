#include "trace/event_check.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <utility>

#include "util/number_text.hpp"

namespace upmem_des {

namespace {

/// The types whose shapes are known by definition.
struct KnownTypes {
  Name linear{"Linear"};
  Name conv2d{"Conv2d"};
  Name attention{"scaled_dot_product_attention"};
  Name matmul{"matmul"};
  Name embedding{"Embedding"};
  /// Element by element or along one axis: the output has the input's shape.
  std::array<Name, 7> shape_keeping{Name("LlamaRMSNorm"),  Name("SiLUActivation"),    Name("softmax"),
                                    Name("LayerNorm"),     Name("NewGELUActivation"), Name("MistralRMSNorm"),
                                    Name("MixtralRMSNorm")};
};

const KnownTypes& known() {
  static const KnownTypes types;
  return types;
}

void append(std::string& text, const char* part) {
  text += part;
}
void append(std::string& text, const std::string& part) {
  text += part;
}
void append(std::string& text, std::int64_t part) {
  text += std::to_string(part);
}
void append(std::string& text, const Shape& part) {
  text += part.str();
}

/// Sets what is wrong, in parts. Nearly every event is good, and what checks it is faster where the making of messages
/// stands apart.
template <class... Parts>
[[gnu::noinline, gnu::cold]] bool set(EventProblem& problem, const char* key, const Parts&... parts) {
  problem.key = key;
  (append(problem.problem, parts), ...);
  return true;
}

bool wrong_rank(EventProblem& problem, const char* key, const Shape& shape, const char* expected) {
  const auto rank = static_cast<std::int64_t>(shape.rank());
  return set(problem, key, "wrong shape rank: ", shape, " has ", rank, rank == 1 ? " size" : " sizes", "; expected ",
             expected);
}

bool wrong_integer(EventProblem& problem, const char* key, std::int64_t value, std::int64_t min, std::int64_t max) {
  if (value < min) return set(problem, key, value, "; expected ", min, " or more");
  return value > max && set(problem, key, value, "; expected at most ", max);
}

bool wrong_text(EventProblem& problem, const char* key, Name name) {
  if (name.str().size() <= max_text) return false;
  const std::string text = text_problem(name.str());
  return !text.empty() && set(problem, key, text);
}

bool wrong_texts(EventProblem& problem, const LayerEvent& event) {
  if (event.type.empty()) return set(problem, "type", "empty; expected a text");
  if (event.name.empty()) return set(problem, "name", "empty; expected a text");
  return wrong_text(problem, "type", event.type) || wrong_text(problem, "name", event.name) ||
         wrong_text(problem, "path", event.path) || wrong_text(problem, "map_key", event.map_key);
}

bool wrong_kind(EventProblem& problem, const LayerEvent& event) {
  return event.kind == EventKind::Communication &&
         set(problem, "kind", to_string(event.kind), "; expected layer or function");
}

bool wrong_seq(EventProblem& problem, const LayerEvent& event) {
  return event.seq < 0 && set(problem, "seq", event.seq, "; expected 0 or more");
}

bool wrong_id(EventProblem& problem, const LayerEvent& event) {
  return event.id && *event.id < 0 && set(problem, "id", *event.id, "; expected 0 or more, or null");
}

bool wrong_phase(EventProblem& problem, const LayerEvent& event) {
  if (wrong_integer(problem, "step", event.step, 0, max_step)) return true;
  if (event.phase == Phase::Prefill && event.step != 0)
    return set(problem, "phase", "prefill at step ", event.step, "; expected decode");
  return event.phase == Phase::Decode && event.step == 0 && set(problem, "phase", "decode at step 0; expected prefill");
}

bool wrong_shape(EventProblem& problem, const char* key, const Shape& shape) {
  return !is_within_bounds(shape) && set(problem, key, shape_problem(shape));
}

/// Shapes by themselves and the rule that layers, and only they, have a pair of weight sizes.
bool wrong_shapes(EventProblem& problem, const LayerEvent& event) {
  if (wrong_shape(problem, "input_shape", event.input_shape)) return true;
  if (wrong_shape(problem, "output_shape", event.output_shape)) return true;
  if (event.kind == EventKind::Function)
    return event.weight_shape && set(problem, "weight_shape", *event.weight_shape, " on a function; expected null");
  if (!event.weight_shape) return set(problem, "weight_shape", "null on a layer; expected 2 sizes");
  const Shape& weight = *event.weight_shape;
  if (weight.rank() != 2) return wrong_rank(problem, "weight_shape", weight, "2");
  if (wrong_shape(problem, "weight_shape", weight)) return true;
  if (weight[0] < 1 || weight[1] < 1) return set(problem, "weight_shape", "size 0 in ", weight, "; expected 1 or more");
  return event.input_shape.empty() && wrong_rank(problem, "input_shape", event.input_shape, "1 or more");
}

bool wrong_last_size(EventProblem& problem, const char* key, const Shape& shape, std::int64_t expected,
                     const char* what) {
  if (shape.empty()) return wrong_rank(problem, key, shape, "1 or more");
  return shape.from_end(0) != expected && set(problem, key, "last size ", shape.from_end(0), " of ", shape,
                                              "; expected ", expected, ", the ", what, " of weight_shape");
}

/// The product of all sizes but the last `without`.
std::int64_t rows_of(const Shape& shape, std::size_t without) {
  std::int64_t rows = 1;
  for (std::size_t i = 0; i + without < shape.rank(); ++i) rows *= shape[i];
  return rows;
}

/// A row of the input gives a row of the output: sizes may be put together, but none is lost or added.
bool wrong_rows(EventProblem& problem, const LayerEvent& event, std::size_t ends_of_input, const char* what) {
  const std::int64_t expected = rows_of(event.input_shape, ends_of_input);
  const std::int64_t rows = rows_of(event.output_shape, 1);
  return rows != expected && set(problem, "output_shape", rows, " rows in ", event.output_shape, "; expected ",
                                 expected, ", the ", what, " of input_shape ", event.input_shape);
}

bool wrong_linear(EventProblem& problem, const LayerEvent& event) {
  const Shape& weight = *event.weight_shape;
  return wrong_last_size(problem, "input_shape", event.input_shape, weight[0], "in_features") ||
         wrong_last_size(problem, "output_shape", event.output_shape, weight[1], "out_features") ||
         wrong_rows(problem, event, 1, "rows");
}

/// A product that says of itself that it is one. A router may give what it has chosen instead.
bool wrong_product(EventProblem& problem, const LayerEvent& event) {
  using Second = operation::Product::Second;
  if (event.operation == nullptr) return false;
  const auto* product = as<operation::Product>(*event.operation);
  if (product == nullptr || product->is_router || product->inner > 0) return false;
  if (product->second != Second::Weight && product->second != Second::Implied) return false;
  return !event.input_shape.empty() && !event.output_shape.empty() && wrong_rows(problem, event, 1, "rows");
}

bool wrong_output_rank(EventProblem& problem, const LayerEvent& event) {
  const std::size_t rank = event.input_shape.rank();
  return event.output_shape.rank() != rank &&
         wrong_rank(problem, "output_shape", event.output_shape, std::to_string(rank).c_str());
}

/// The rules of one type.
bool wrong_for_type(EventProblem& problem, const LayerEvent& event) {
  const KnownTypes& types = known();
  const Shape& input = event.input_shape;
  const Shape& output = event.output_shape;
  if (event.kind == EventKind::Layer) {
    if (event.type == types.linear) return wrong_linear(problem, event);
    if (event.type == types.embedding) return wrong_rows(problem, event, 0, "ids");
    if (event.type == types.conv2d) {
      if (input.rank() != 3 && input.rank() != 4) return wrong_rank(problem, "input_shape", input, "3 or 4");
      return wrong_output_rank(problem, event);
    }
  } else if (event.type == types.attention) {
    if (input.rank() < 2) return wrong_rank(problem, "input_shape", input, "2 or more");
    return wrong_output_rank(problem, event);
  } else if (event.type == types.matmul) {
    return input.empty() && wrong_rank(problem, "input_shape", input, "1 or more");
  }
  return output != input &&
         std::find(types.shape_keeping.begin(), types.shape_keeping.end(), event.type) != types.shape_keeping.end() &&
         set(problem, "output_shape", output, "; expected ", input, ", the input_shape, as of every ",
             event.type.str());
}

bool wrong_pair(EventProblem& problem, const char* key, const std::optional<std::array<std::int64_t, 2>>& pair,
                std::int64_t min) {
  return pair && (wrong_integer(problem, key, (*pair)[0], min, max_stride) ||
                  wrong_integer(problem, key, (*pair)[1], min, max_stride));
}

bool wrong_time(EventProblem& problem, const char* key, const std::optional<double>& time) {
  if (!time || (*time >= 0 && *time <= max_time_ns)) return false;
  return set(problem, key, number_text(*time), "; expected a time from 0 to 1e20 ns");
}

/// Sequences ascend, so that none is in two.
bool wrong_slices(EventProblem& problem, const std::vector<Slice>& slices) {
  constexpr const char* key = "slices";
  if (slices.empty()) return set(problem, key, "empty; expected a slice or more");
  SequenceId next = 0;
  double rows = 0;
  for (const Slice& slice : slices) {
    if (slice.first < next) return set(problem, key, "sequence ", slice.first, "; expected ", next, " or more");
    if (wrong_integer(problem, key, slice.first, 0, Shape::max_size) ||
        wrong_integer(problem, key, slice.sequences, 1, Shape::max_size) ||
        wrong_integer(problem, key, slice.new_rows, 1, Shape::max_size) ||
        wrong_integer(problem, key, slice.cached_rows, 0, Shape::max_size))
      return true;
    next = slice.first + slice.sequences;
    rows += static_cast<double>(slice.sequences) * static_cast<double>(slice.rows());
  }
  return rows > static_cast<double>(Shape::max_size) &&
         set(problem, key, number_text(rows), " rows; expected at most ", Shape::max_size, " in all");
}

bool wrong_optional_fields(EventProblem& problem, const LayerEvent& event) {
  if (wrong_time(problem, "start_ns", event.start_ns) || wrong_time(problem, "duration_ns", event.duration_ns))
    return true;
  for (const std::int64_t dep : event.deps)
    if (dep < 0 || dep >= event.seq)
      return set(problem, "deps", dep, " in event ", event.seq, "; expected the seq of an earlier event");
  for (const std::int64_t expert : event.experts)
    if (wrong_integer(problem, "experts", expert, 0, max_expert)) return true;
  if (event.kv_length && wrong_integer(problem, "kv_length", *event.kv_length, 0, Shape::max_size)) return true;
  if (event.slices != nullptr && wrong_slices(problem, *event.slices)) return true;
  return wrong_pair(problem, "stride", event.stride, 1) || wrong_pair(problem, "padding", event.padding, 0);
}

}  // namespace

std::string text_problem(const std::string& text) {
  const auto characters = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  if (characters <= max_text) return {};
  return "a text of " + std::to_string(characters) + " characters; expected at most " + std::to_string(max_text);
}

std::string count_problem(std::int64_t number, std::int64_t max) {
  if (number >= 1 && number <= max) return {};
  return std::to_string(number) + "; expected a whole number from 1 to " + std::to_string(max);
}

EventProblem header_problem(const TraceHeader& header) {
  const std::pair<const char*, const std::string*> texts[] = {
      {"model", &header.model}, {"source", &header.source}, {"last_layer", &header.last_layer}};
  for (const auto& [key, text] : texts)
    if (const std::string problem = text_problem(*text); !problem.empty()) return {key, problem};
  if (const std::string problem = count_problem(header.batch, max_batch); !problem.empty()) return {"batch", problem};
  const std::pair<const char*, const std::optional<std::int64_t>*> counts[] = {
      {"num_key_value_heads", &header.num_key_value_heads},
      {"sliding_window", &header.sliding_window},
      {"vocab_size", &header.vocab_size}};
  for (const auto& [key, count] : counts) {
    if (!*count) continue;
    if (const std::string problem = count_problem(**count, Shape::max_size); !problem.empty()) return {key, problem};
  }
  return {};
}

EventProblem event_problem(const LayerEvent& event) {
  EventProblem problem;
  const bool is_good = !wrong_kind(problem, event) && !wrong_seq(problem, event) && !wrong_texts(problem, event) &&
                       !wrong_id(problem, event) && !wrong_phase(problem, event) && !wrong_shapes(problem, event) &&
                       !wrong_for_type(problem, event) && !wrong_product(problem, event) &&
                       !wrong_optional_fields(problem, event);
  static_cast<void>(is_good);
  return problem;
}

EventProblem StreamCheck::problem(const LayerEvent& event) {
  if (event.seq != count_) return {"seq", std::to_string(event.seq) + "; expected " + std::to_string(count_)};
  if (auto problem = event_problem(event)) return problem;
  if (event.step < step_)
    return {"step", std::to_string(event.step) + " after step " + std::to_string(step_) + "; expected " +
                        std::to_string(step_) + " or more"};
  step_ = event.step;
  ++count_;
  return {};
}

}  // namespace upmem_des
