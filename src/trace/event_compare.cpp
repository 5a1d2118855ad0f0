#include "trace/event_compare.hpp"

#include <array>

#include "operation/operation_text.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

std::string shown(std::int64_t value) {
  return std::to_string(value);
}
std::string shown(double value) {
  return number_text(value);
}
std::string shown(bool value) {
  return value ? "true" : "false";
}
std::string shown(Name name) {
  return name.empty() ? "none" : "'" + name.str() + "'";
}
std::string shown(const Operation* operation) {
  return operation == nullptr ? "none" : "'" + text_of(*operation) + "'";
}
std::string shown(EventKind kind) {
  return to_string(kind);
}
std::string shown(Phase phase) {
  return to_string(phase);
}
std::string shown(const Shape& shape) {
  return shape.str();
}

template <typename Integers>
std::string shown_list(const Integers& integers) {
  std::string text = "[";
  for (const std::int64_t value : integers) text += (text.size() == 1 ? "" : ", ") + std::to_string(value);
  return text + "]";
}
std::string shown(const std::vector<std::int64_t>& list) {
  return shown_list(list);
}
std::string shown(const std::array<std::int64_t, 2>& pair) {
  return shown_list(pair);
}

std::string shown(const std::string& text) {
  return text;
}
std::string shown_slices(const LayerEvent& event) {
  if (event.slices == nullptr) return "none";
  std::string text = "[";
  for (const Slice& slice : *event.slices)
    text += (text.size() == 1 ? "" : ", ") +
            shown_list(std::array{slice.first, slice.sequences, slice.new_rows, slice.cached_rows});
  return text + "]";
}

template <typename T>
std::string shown(const std::optional<T>& value) {
  return value ? shown(*value) : "none";
}

}  // namespace

std::string first_difference(const LayerEvent& a, const LayerEvent& b, bool ignore_map_key) {
  std::string difference;
  const auto compare = [&](const char* key, const auto& left, const auto& right) {
    if (difference.empty() && left != right)
      difference = "seq " + std::to_string(a.seq) + ": " + key + ": " + shown(left) + " against " + shown(right);
  };
  compare("seq", a.seq, b.seq);
  compare("kind", a.kind, b.kind);
  compare("type", a.type, b.type);
  compare("name", a.name, b.name);
  compare("id", a.id, b.id);
  compare("phase", a.phase, b.phase);
  compare("step", a.step, b.step);
  if (!ignore_map_key) compare("map_key", a.map_key, b.map_key);
  compare("input_shape", a.input_shape, b.input_shape);
  compare("weight_shape", a.weight_shape, b.weight_shape);
  compare("output_shape", a.output_shape, b.output_shape);
  compare("stride", a.stride, b.stride);
  compare("padding", a.padding, b.padding);
  compare("path", a.path, b.path);
  compare("start_ns", a.start_ns, b.start_ns);
  compare("duration_ns", a.duration_ns, b.duration_ns);
  compare("deps", a.deps, b.deps);
  compare("waits for the event before it", a.waits_for_the_one_before(), b.waits_for_the_one_before());
  compare("experts", a.experts, b.experts);
  compare("kv_length", a.kv_length, b.kv_length);
  compare("causal", a.causal, b.causal);
  if (!same_slices(a, b)) compare("slices", shown_slices(a), shown_slices(b));
  compare("ends_pass", a.ends_pass, b.ends_pass);
  // What the names say anyway need not be said.
  compare("op", &operation_of(a), &operation_of(b));
  return difference;
}

bool operator==(const LayerEvent& a, const LayerEvent& b) {
  return first_difference(a, b).empty();
}

}  // namespace upmem_des
