#include "python/trace_columns.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "operation/operation_text.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace py = pybind11;

namespace upmem_des {

namespace {

/// Names recur, and are one text in Python, too.
class Texts {
 public:
  py::object operator()(Name name) {
    if (name.empty()) return py::none();
    auto& known = known_[name.index()];
    if (!known) known = py::str(name.str());
    return known;
  }

 private:
  std::unordered_map<std::uint32_t, py::object> known_;
};

template <typename Numbers>
py::tuple tuple_of(const Numbers& numbers, std::size_t count) {
  py::tuple tuple(count);
  std::size_t at = 0;
  for (const std::int64_t number : numbers) tuple[at++] = py::int_(number);
  return tuple;
}

py::object shape_of(const Shape& shape) {
  return tuple_of(shape, shape.rank());
}

template <typename Value>
py::object maybe(const std::optional<Value>& value) {
  return value ? py::object(py::cast(*value)) : py::object(py::none());
}

py::object pair_of(const std::optional<std::array<std::int64_t, 2>>& pair) {
  return pair ? py::object(tuple_of(*pair, 2)) : py::object(py::none());
}

struct Column {
  const char* name;
  bool is_always;  ///< does every trace have it?
  py::list values{};
  bool has_any = false;

  void add(const py::object& value) {
    has_any = has_any || !value.is_none();
    values.append(value);
  }
};

py::dict header_of(const TraceHeader& header) {
  py::dict dict;
  dict["model"] = header.model;
  dict["dtype"] = header.dtype.name();
  dict["batch"] = header.batch;
  dict["source"] = header.source;
  return dict;
}

}  // namespace

py::dict trace_columns(const std::string& path) {
  enum {
    Seq,
    Kind,
    Type,
    Called,
    Path,
    Id,
    Pass,
    Step,
    Input,
    Weight,
    Output,
    Start,
    Duration,
    Deps,
    Experts,
    Cached,
    Stride,
    Padding,
    Causal,
    Op
  };
  std::vector<Column> columns{
      {"seq", true},          {"kind", true},          {"type", true},         {"name", true},
      {"path", false},        {"id", false},           {"phase", true},        {"step", true},
      {"input_shape", true},  {"weight_shape", false}, {"output_shape", true}, {"start_ns", false},
      {"duration_ns", false}, {"deps", false},         {"experts", false},     {"kv_length", false},
      {"stride", false},      {"padding", false},      {"causal", false},      {"op", false}};
  Texts texts;
  JsonlReader reader(path);
  LayerEvent event;
  while (reader.next(event)) {
    const auto add = [&columns](std::size_t column, const py::object& value) { columns[column].add(value); };
    add(Seq, py::int_(event.seq));
    add(Kind, py::str(to_string(event.kind)));
    add(Type, texts(event.type));
    add(Called, texts(event.name));
    add(Path, texts(event.path));
    add(Id, maybe(event.id));
    add(Pass, py::str(to_string(event.phase)));
    add(Step, py::int_(event.step));
    add(Input, shape_of(event.input_shape));
    add(Weight, event.weight_shape ? shape_of(*event.weight_shape) : py::object(py::none()));
    add(Output, shape_of(event.output_shape));
    add(Start, maybe(event.start_ns));
    add(Duration, maybe(event.duration_ns));
    add(Deps, event.deps.empty() ? py::object(py::none()) : py::object(tuple_of(event.deps, event.deps.size())));
    add(Experts,
        event.experts.empty() ? py::object(py::none()) : py::object(tuple_of(event.experts, event.experts.size())));
    add(Cached, maybe(event.kv_length));
    add(Stride, pair_of(event.stride));
    add(Padding, pair_of(event.padding));
    add(Causal, maybe(event.causal));
    add(Op, event.operation ? py::object(py::str(text_of(*event.operation))) : py::object(py::none()));
    // Ctrl-C ends the reading of a long trace.
    if (event.seq % 65'536 == 0 && PyErr_CheckSignals() != 0) throw py::error_already_set();
  }
  py::dict table;
  for (const Column& column : columns)
    if (column.is_always || column.has_any) table[column.name] = column.values;
  py::dict trace;
  trace["header"] = header_of(reader.header());
  trace["columns"] = table;
  return trace;
}

}  // namespace upmem_des
