#include "upmem_des/trace/jsonl_writer.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "operation/operation_text.hpp"
#include "trace/trace_output.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "util/json_text.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t flush_size = std::size_t{1} << 16;

}  // namespace

struct JsonlWriter::State {
  State(const std::string& path, TraceHeader header) : output(path), pending(std::move(header)) {}

  /// The header is written with what comes first.
  void begin() {
    if (pending) header(*std::exchange(pending, std::nullopt));
  }

  void header(const TraceHeader& header);
  void event(const LayerEvent& event);
  void flush();

  void raw(std::string_view text) { buffer.append(text.data(), text.data() + text.size()); }
  void integer(std::int64_t value) {
    const fmt::format_int digits(value);
    raw({digits.data(), digits.size()});
  }
  void integer_field(std::string_view key, std::int64_t value) {
    raw(key);
    integer(value);
  }
  void name_field(std::string_view key, Name name);
  void operation(const Operation& operation);
  void slices(const std::vector<Slice>& slices);
  void time_field(std::string_view key, const std::optional<double>& time);

  template <typename Integers>
  void list_field(std::string_view key, const Integers& integers) {
    raw(key);
    buffer.push_back('[');
    bool first = true;
    for (const std::int64_t value : integers) {
      if (!first) buffer.push_back(',');
      first = false;
      integer(value);
    }
    buffer.push_back(']');
  }

  TraceOutput output;
  std::optional<TraceHeader> pending;
  fmt::memory_buffer buffer;
  bool marks_passes = false;
  EventContext context;
  std::unordered_map<const Operation*, std::string> operations;  ///< as they are written
  std::vector<std::string> escaped_names;                        ///< by Name::index(); empty: not escaped yet
};

void JsonlWriter::State::header(const TraceHeader& header) {
  marks_passes = header.marks_passes;
  context = EventContext(header);
  raw("{\"format\":\"upmem-des-trace\",\"version\":1,\"model\":");
  raw(json_text(header.model));
  raw(",\"dtype\":");
  raw(json_text(to_string(header.dtype)));
  integer_field(",\"batch\":", header.batch);
  raw(",\"source\":");
  raw(json_text(header.source));
  if (header.num_key_value_heads) integer_field(",\"num_key_value_heads\":", *header.num_key_value_heads);
  if (header.sliding_window) integer_field(",\"sliding_window\":", *header.sliding_window);
  if (header.vocab_size) integer_field(",\"vocab_size\":", *header.vocab_size);
  if (header.weight_dtype) {
    raw(",\"weight_dtype\":");
    raw(json_text(to_string(*header.weight_dtype)));
  }
  if (header.activation_dtype) {
    raw(",\"activation_dtype\":");
    raw(json_text(to_string(*header.activation_dtype)));
  }
  if (!header.last_layer.empty()) {
    raw(",\"last_layer\":");
    raw(json_text(header.last_layer));
  }
  if (header.marks_passes) raw(",\"marks_passes\":true");
  raw("}\n");
}

void JsonlWriter::State::event(const LayerEvent& event) {
  integer_field("{\"seq\":", event.seq);
  raw(event.kind == EventKind::Layer ? ",\"kind\":\"layer\"" : ",\"kind\":\"function\"");
  name_field(",\"type\":", event.type);
  name_field(",\"name\":", event.name);
  if (event.id)
    integer_field(",\"id\":", *event.id);
  else
    raw(",\"id\":null");
  raw(event.phase == Phase::Prefill ? ",\"phase\":\"prefill\"" : ",\"phase\":\"decode\"");
  integer_field(",\"step\":", event.step);
  if (!event.map_key.empty()) name_field(",\"map_key\":", event.map_key);
  list_field(",\"input_shape\":", event.input_shape);
  if (event.weight_shape)
    list_field(",\"weight_shape\":", *event.weight_shape);
  else
    raw(",\"weight_shape\":null");
  list_field(",\"output_shape\":", event.output_shape);
  if (event.stride) list_field(",\"stride\":", *event.stride);
  if (event.padding) list_field(",\"padding\":", *event.padding);
  if (!event.path.empty()) name_field(",\"path\":", event.path);
  time_field(",\"start_ns\":", event.start_ns);
  time_field(",\"duration_ns\":", event.duration_ns);
  if (!event.deps.empty() || event.waits_for_nothing) list_field(",\"deps\":", event.deps);
  if (!event.experts.empty()) list_field(",\"experts\":", event.experts);
  if (event.kv_length) integer_field(",\"kv_length\":", *event.kv_length);
  if (event.causal) raw(*event.causal ? ",\"causal\":true" : ",\"causal\":false");
  if (event.slices != nullptr) slices(*event.slices);
  if (marks_passes && event.ends_pass) raw(",\"ends_pass\":true");
  if (event.operation != nullptr && event.operation != &context.expected(event)) operation(*event.operation);
  context.see(event);
  raw("}\n");
}

void JsonlWriter::State::name_field(std::string_view key, Name name) {
  raw(key);
  if (name.index() >= escaped_names.size()) escaped_names.resize(name.index() + 1);
  std::string& text = escaped_names[name.index()];
  if (text.empty()) text = json_text(name.str());
  raw(text);
}

void JsonlWriter::State::operation(const Operation& operation) {
  std::string& text = operations[&operation];
  if (text.empty()) text = ",\"op\":" + json_text(text_of(operation));
  raw(text);
}

void JsonlWriter::State::slices(const std::vector<Slice>& slices) {
  char separator = '[';
  raw(",\"slices\":");
  for (const Slice& slice : slices) {
    list_field({&separator, 1}, std::array{slice.first, slice.sequences, slice.new_rows, slice.cached_rows});
    separator = ',';
  }
  raw("]");
}

void JsonlWriter::State::time_field(std::string_view key, const std::optional<double>& time) {
  if (!time) return;
  raw(key);
  if (std::isfinite(*time))
    fmt::format_to(fmt::appender(buffer), "{}", *time);  // the shortest text that reads back as the same number
  else
    raw("null");
}

void JsonlWriter::State::flush() {
  output.write({buffer.data(), buffer.size()});
  buffer.clear();
}

JsonlWriter::JsonlWriter(const std::string& path, const TraceHeader& header)
    : state_(std::make_unique<State>(path, header)) {}

JsonlWriter::~JsonlWriter() = default;

void JsonlWriter::mark_passes() {
  if (state_->pending) state_->pending->marks_passes = true;
}

void JsonlWriter::set_last_layer(const std::string& last_layer) {
  if (state_->pending) state_->pending->last_layer = last_layer;
}

void JsonlWriter::write(const LayerEvent& event) {
  state_->begin();
  state_->event(event);
  if (state_->buffer.size() >= flush_size) state_->flush();
}

void JsonlWriter::finish() {
  state_->begin();
  state_->flush();
  state_->output.finish();
}

std::int64_t write_trace(const std::string& path, EventSource& source) {
  JsonlWriter writer(path, source.header());
  LayerEvent event;
  std::int64_t count = 0;
  for (; source.next(event); ++count) writer.write(event);
  writer.finish();
  return count;
}

}  // namespace upmem_des
