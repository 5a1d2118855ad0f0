/// Traces into files.
#pragma once

#include <memory>
#include <string>

#include "upmem_des/trace/event_source.hpp"

namespace upmem_des {

/// Writes a header line and then an event a line. What was written reads back as equal events; the order of the fields
/// is fixed, so that equal events give equal bytes. Rejects nothing; write_trace() of a RecordedTrace does. Times
/// that are not finite, which JSON cannot hold, are written as null, that is as absent.
class JsonlWriter {
 public:
  /// Packs with gzip when `path` ends in ".gz"; "-" writes plain text to standard output. Nothing is at `path` before
  /// finish(). Throws InputError when the file cannot be written.
  JsonlWriter(const std::string& path, const TraceHeader& header);
  ~JsonlWriter();

  /// What the header says of it, where that is known only now. To be called before the first write().
  void set_last_layer(const std::string& last_layer);
  /// The same of a header that says that events with ends_pass end the passes.
  void mark_passes();

  /// Throws InputError when writing fails.
  void write(const LayerEvent& event);

  /// Writes the rest and puts the file in place; call it once, last. Throws InputError when the disk is full.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Writes all the events of a source to `path` and returns how many. Throws InputError as the source and the writer do.
std::int64_t write_trace(const std::string& path, EventSource& source);

}  // namespace upmem_des
