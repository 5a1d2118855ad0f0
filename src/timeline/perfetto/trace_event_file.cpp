#include "timeline/perfetto/trace_event_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "util/json_text.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t flush_size = std::size_t{1} << 16;
constexpr double latest = 9e18;

/// The format counts in µs.
std::string microseconds(Nanoseconds time) {
  return fmt::format("{}.{:03}", time / 1000, time % 1000);
}

}  // namespace

Nanoseconds nanoseconds(double time_s) {
  return std::llround(std::clamp(time_s * 1e9, 0.0, latest));
}

TraceEventFile::TraceEventFile(const std::string& path) : file_(path) {
  buffer_ = "{\"displayTimeUnit\": \"ns\", \"traceEvents\": [";
}

void TraceEventFile::name_process(std::int64_t pid, const std::string& name, std::int64_t place) {
  begin_event();
  fmt::format_to(std::back_inserter(buffer_),
                 R"({{"ph": "M", "pid": {}, "name": "process_name", "args": {{"name": {}}}}})", pid, json_text(name));
  begin_event();
  fmt::format_to(std::back_inserter(buffer_),
                 R"({{"ph": "M", "pid": {}, "name": "process_sort_index", "args": {{"sort_index": {}}}}})", pid, place);
  end_event();
}

void TraceEventFile::name_thread(TraceThread thread, const std::string& name, std::int64_t place) {
  begin_event();
  fmt::format_to(std::back_inserter(buffer_),
                 R"({{"ph": "M", "pid": {}, "tid": {}, "name": "thread_name", "args": {{"name": {}}}}})", thread.pid,
                 thread.tid, json_text(name));
  begin_event();
  fmt::format_to(std::back_inserter(buffer_),
                 R"({{"ph": "M", "pid": {}, "tid": {}, "name": "thread_sort_index", "args": {{"sort_index": {}}}}})",
                 thread.pid, thread.tid, place);
  end_event();
}

void TraceEventFile::slice(const Slice& slice) {
  begin_event();
  fmt::format_to(std::back_inserter(buffer_),
                 R"({{"ph": "X", "pid": {}, "tid": {}, "ts": {}, "dur": {}, "name": {}, "cat": {}, )", slice.thread.pid,
                 slice.thread.tid, microseconds(slice.start), microseconds(slice.end - slice.start),
                 json_text(slice.name), json_text(slice.category));
  if (!slice.colour.empty()) fmt::format_to(std::back_inserter(buffer_), R"("cname": "{}", )", slice.colour);
  buffer_ += "\"args\": " + slice.args + "}";
  end_event();
}

void TraceEventFile::counter(std::int64_t pid, const std::string& name, Nanoseconds time,
                             const std::vector<Series>& series) {
  begin_event();
  fmt::format_to(std::back_inserter(buffer_), R"({{"ph": "C", "pid": {}, "ts": {}, "name": {}, "args": {{)", pid,
                 microseconds(time), json_text(name));
  for (std::size_t i = 0; i < series.size(); ++i)
    fmt::format_to(std::back_inserter(buffer_), R"({}"{}": {})", i == 0 ? "" : ", ", series[i].name, series[i].value);
  buffer_ += "}}";
  end_event();
}

void TraceEventFile::arrow(std::string_view name, const End& from, const End& to) {
  ++arrows_;
  const auto put = [&](const char* kind, const End& end) {
    begin_event();
    fmt::format_to(std::back_inserter(buffer_),
                   R"({{{}, "pid": {}, "tid": {}, "ts": {}, "id": {}, "name": "{}", "cat": "arrow"}})", kind,
                   end.thread.pid, end.thread.tid, microseconds(end.time), arrows_, name);
  };
  put(R"("ph": "s")", from);
  put(R"("ph": "f", "bp": "e")", to);
  end_event();
}

void TraceEventFile::finish(const std::string& other_data) {
  buffer_ += "\n], \"otherData\": " + other_data + "}\n";
  flush();
}

void TraceEventFile::commit() {
  file_.commit();
}

void TraceEventFile::begin_event() {
  buffer_ += any_ ? ",\n" : "\n";
  any_ = true;
}

void TraceEventFile::end_event() {
  if (buffer_.size() >= flush_size) flush();
}

void TraceEventFile::flush() {
  file_.write(buffer_);
  buffer_.clear();
}

}  // namespace upmem_des
