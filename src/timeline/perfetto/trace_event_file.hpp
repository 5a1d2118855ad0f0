/// A file of Chrome's trace events. Internal to the room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "util/output_file.hpp"

namespace upmem_des {

/// Times in whole ns.
using Nanoseconds = std::int64_t;

/// The nearest whole ns; at most 9e18, which is 285 years.
Nanoseconds nanoseconds(double time_s);

/// A thread of a process, as the format has them. Perfetto's importer names threads by `tid` alone, so that no two
/// threads of a file may share one, whatever their processes are; and a process has a thread whose tid is its pid.
struct TraceThread {
  std::int64_t pid = 0;
  std::int64_t tid = 0;
};

/// Writes the JSON object form of the "Trace Event Format": {"displayTimeUnit": "ns", "traceEvents": […],
/// "otherData": {…}}, an event a line. Texts are escaped here; `args` and `value` are JSON.
class TraceEventFile {
 public:
  /// Throws InputError as OutputFile does, and so do all functions that write.
  explicit TraceEventFile(const std::string& path);

  /// Metadata: what a process is called and where it stands among the others.
  void name_process(std::int64_t pid, const std::string& name, std::int64_t place);
  /// Metadata: what a thread is called and where it stands in its process.
  void name_thread(TraceThread thread, const std::string& name, std::int64_t place);

  /// A complete event ("X"). `colour`: one of the names that chrome://tracing knows, or "".
  struct Slice {
    TraceThread thread;
    std::string name;
    std::string category;
    std::string_view colour;
    Nanoseconds start = 0;
    Nanoseconds end = 0;
    std::string args = "{}";
  };
  void slice(const Slice& slice);

  /// A counter of a process ("C"): all its series, each a name and a number.
  struct Series {
    std::string_view name;
    double value = 0;
  };
  void counter(std::int64_t pid, const std::string& name, Nanoseconds time, const std::vector<Series>& series);

  /// An arrow ("s" and "f") from the slice that encloses one point to the one that encloses the other.
  struct End {
    TraceThread thread;
    Nanoseconds time = 0;
  };
  void arrow(std::string_view name, const End& from, const End& to);

  /// The last of all but commit(). `other_data`: a JSON object.
  void finish(const std::string& other_data);
  /// Puts the file in place.
  void commit();

 private:
  void begin_event();
  void end_event();
  void flush();

  OutputFile file_;
  std::string buffer_;
  bool any_ = false;
  std::int64_t arrows_ = 0;
};

}  // namespace upmem_des
