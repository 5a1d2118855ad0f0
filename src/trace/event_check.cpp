#include "trace/event_check.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "util/number_text.hpp"

namespace upmem_des {

namespace {

/// The types whose shapes are known by definition.
struct KnownTypes {
  Name linear{"Linear"};
  Name conv2d{"Conv2d"};
  Name attention{"scaled_dot_product_attention"};
  Name matmul{"matmul"};
  /// Element by element or along one axis: the output has the input's shape.
  std::array<Name, 7> shape_keeping{Name("LlamaRMSNorm"),  Name("SiLUActivation"),    Name("softmax"),
                                    Name("LayerNorm"),     Name("NewGELUActivation"), Name("MistralRMSNorm"),
                                    Name("MixtralRMSNorm")};
};

const KnownTypes& known() {
  static const KnownTypes types;
  return types;
}

std::string rank_text(std::size_t rank) {
  return std::to_string(rank) + (rank == 1 ? " size" : " sizes");
}

EventProblem wrong_rank(const char* key, const Shape& shape, const std::string& expected) {
  return {key, "wrong shape rank: " + shape.str() + " has " + rank_text(shape.rank()) + "; expected " + expected};
}

std::string integer_problem(std::int64_t value, std::int64_t min, std::int64_t max) {
  if (value < min) return std::to_string(value) + "; expected " + std::to_string(min) + " or more";
  if (value > max) return std::to_string(value) + "; expected at most " + std::to_string(max);
  return {};
}

EventProblem texts_problem(const LayerEvent& event) {
  if (event.type.empty()) return {"type", "empty; expected a text"};
  if (event.name.empty()) return {"name", "empty; expected a text"};
  for (const auto& [key, text] :
       {std::pair{"type", event.type}, {"name", event.name}, {"path", event.path}, {"map_key", event.map_key}})
    if (text.str().size() > max_text)
      if (std::string problem = text_problem(text.str()); !problem.empty()) return {key, std::move(problem)};
  return {};
}

EventProblem phase_problem(const LayerEvent& event) {
  if (std::string problem = integer_problem(event.step, 0, max_step); !problem.empty()) return {"step", problem};
  if (event.phase == Phase::Prefill && event.step != 0)
    return {"phase", "prefill at step " + std::to_string(event.step) + "; expected decode"};
  if (event.phase == Phase::Decode && event.step == 0) return {"phase", "decode at step 0; expected prefill"};
  return {};
}

/// Shapes by themselves and the rule that layers, and only they, have a pair of weight sizes.
EventProblem shapes_problem(const LayerEvent& event) {
  if (std::string problem = shape_problem(event.input_shape); !problem.empty()) return {"input_shape", problem};
  if (std::string problem = shape_problem(event.output_shape); !problem.empty()) return {"output_shape", problem};
  if (event.kind == EventKind::Function)
    return event.weight_shape
               ? EventProblem{"weight_shape", event.weight_shape->str() + " on a function; expected null"}
               : EventProblem{};
  if (!event.weight_shape) return {"weight_shape", "null on a layer; expected 2 sizes"};
  const Shape& weight = *event.weight_shape;
  if (weight.rank() != 2) return wrong_rank("weight_shape", weight, "2");
  if (std::string problem = shape_problem(weight); !problem.empty()) return {"weight_shape", problem};
  if (weight[0] < 1 || weight[1] < 1) return {"weight_shape", "size 0 in " + weight.str() + "; expected 1 or more"};
  if (event.input_shape.empty()) return wrong_rank("input_shape", event.input_shape, "1 or more");
  return {};
}

EventProblem linear_problem(const LayerEvent& event) {
  const auto last_size = [](const char* key, const Shape& shape, std::int64_t expected, const char* what) {
    if (shape.empty()) return wrong_rank(key, shape, "1 or more");
    if (shape.from_end(0) == expected) return EventProblem{};
    return EventProblem{key, "last size " + std::to_string(shape.from_end(0)) + " of " + shape.str() + "; expected " +
                                 std::to_string(expected) + ", the " + what + " of weight_shape"};
  };
  const Shape& weight = *event.weight_shape;
  if (auto problem = last_size("input_shape", event.input_shape, weight[0], "in_features")) return problem;
  return last_size("output_shape", event.output_shape, weight[1], "out_features");
}

/// The rules of one type.
EventProblem type_problem(const LayerEvent& event) {
  const KnownTypes& types = known();
  const Shape& input = event.input_shape;
  const Shape& output = event.output_shape;
  if (event.kind == EventKind::Layer) {
    if (event.type == types.linear) return linear_problem(event);
    if (event.type == types.conv2d) {
      if (input.rank() != 3 && input.rank() != 4) return wrong_rank("input_shape", input, "3 or 4");
      if (output.rank() != input.rank()) return wrong_rank("output_shape", output, std::to_string(input.rank()));
      return {};
    }
  } else if (event.type == types.attention) {
    if (input.rank() < 2) return wrong_rank("input_shape", input, "2 or more");
    if (output.rank() != input.rank()) return wrong_rank("output_shape", output, std::to_string(input.rank()));
    return {};
  } else if (event.type == types.matmul) {
    if (input.empty()) return wrong_rank("input_shape", input, "1 or more");
    return {};
  }
  if (output != input &&
      std::find(types.shape_keeping.begin(), types.shape_keeping.end(), event.type) != types.shape_keeping.end())
    return {"output_shape",
            output.str() + "; expected " + input.str() + ", the input_shape, as of every " + event.type.str()};
  return {};
}

EventProblem pair_problem(const char* key, const std::optional<std::array<std::int64_t, 2>>& pair, std::int64_t min) {
  if (pair)
    for (const std::int64_t value : *pair)
      if (std::string problem = integer_problem(value, min, max_stride); !problem.empty()) return {key, problem};
  return {};
}

EventProblem time_problem(const char* key, const std::optional<double>& time) {
  if (!time || (*time >= 0 && *time <= max_time_ns)) return {};
  return {key, number_text(*time) + "; expected a time from 0 to 1e20 ns"};
}

EventProblem optional_fields_problem(const LayerEvent& event) {
  if (auto problem = time_problem("start_ns", event.start_ns)) return problem;
  if (auto problem = time_problem("duration_ns", event.duration_ns)) return problem;
  for (const std::int64_t dep : event.deps)
    if (dep < 0 || dep >= event.seq)
      return {"deps", std::to_string(dep) + " in event " + std::to_string(event.seq) + "; expected the seq of an " +
                          "earlier event"};
  for (const std::int64_t expert : event.experts)
    if (std::string problem = integer_problem(expert, 0, max_expert); !problem.empty()) return {"experts", problem};
  if (event.kv_length)
    if (std::string problem = integer_problem(*event.kv_length, 0, Shape::max_size); !problem.empty())
      return {"kv_length", problem};
  if (auto problem = pair_problem("stride", event.stride, 1)) return problem;
  return pair_problem("padding", event.padding, 0);
}

}  // namespace

std::string text_problem(const std::string& text) {
  const auto characters = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  if (characters <= max_text) return {};
  return "a text of " + std::to_string(characters) + " characters; expected at most " + std::to_string(max_text);
}

EventProblem event_problem(const LayerEvent& event) {
  if (event.seq < 0) return {"seq", std::to_string(event.seq) + "; expected 0 or more"};
  if (auto problem = texts_problem(event)) return problem;
  if (event.id && *event.id < 0) return {"id", std::to_string(*event.id) + "; expected 0 or more, or null"};
  if (auto problem = phase_problem(event)) return problem;
  if (auto problem = shapes_problem(event)) return problem;
  if (auto problem = type_problem(event)) return problem;
  return optional_fields_problem(event);
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
