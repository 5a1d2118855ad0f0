/// Small traces on disk for tests.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "upmem_des/trace/event_source.hpp"
#include "upmem_des/trace/layer_event.hpp"

/// A folder that goes away with the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  /// Writes a file and returns its path.
  std::string write(const std::string& name, std::string_view bytes) const;
  /// Names of all files, sorted.
  std::vector<std::string> files() const;

 private:
  std::string folder_;
};

/// An event's line, made from a good one by changing fields. Values are JSON.
class EventLine {
 public:
  /// A Linear: seq 0, prefill, [1, 4, 8] by [8, 16].
  EventLine();
  /// A softmax on [2, 3].
  static EventLine function();

  EventLine& set(const std::string& key, const std::string& json);
  EventLine& remove(const std::string& key);
  /// Without newline.
  std::string str() const;

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

extern const std::string header_line;  ///< with its newline

std::string read_bytes(const std::string& path);
/// Unpacked if it is gzip.
std::string read_text(const std::string& path);
std::string gzip(std::string_view text);

/// All the events of a trace. Throws InputError as JsonlReader does.
std::vector<upmem_des::LayerEvent> read_events(const std::string& path);
/// The message of the InputError that reading it to the end gives, with the path as "F"; "" if there is none.
std::string reading_error(const std::string& path);

/// The paths of all golden traces.
std::vector<std::string> golden_traces();
