/// Traces from files.
#pragma once

#include <memory>
#include <string>

#include "upmem_des/trace/event_source.hpp"

namespace upmem_des {

class FileContents;

/// The events of a `.jsonl` file, plain or gzip (which of them is seen from the content). Memory does not grow with the
/// file: one buffer of at most 2 MiB for lines, 128 KiB for packed bytes and a table of 8192 names.
///
/// Every InputError names file and line, the field, what is wrong and what was expected.
class JsonlReader : public EventSource {
 public:
  /// Opens the file and reads the header line. Throws InputError when it is no regular file, empty, or does not
  /// begin with a header of this format and version.
  /// `contents` is shared by all who read the file: it, too, is an InputError when one of them finds another file than
  /// those before.
  explicit JsonlReader(const std::string& path, std::shared_ptr<FileContents> contents = nullptr);
  ~JsonlReader() override;

  const TraceHeader& header() const override;

  /// Overwrites `event` with the next one; false at the end. Throws InputError on a line that is no event, an event
  /// that breaks a rule of docs/traces.md, corrupt or truncated gzip data, and a trace without any event.
  bool next(LayerEvent& event) override;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace upmem_des
