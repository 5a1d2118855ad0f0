/// Traces in memory.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "trace/event_check.hpp"
#include "trace/event_source.hpp"

namespace upmem_des {

/// What a trace file holds.
struct RecordedTrace {
  TraceHeader header;
  std::vector<LayerEvent> events;
};

/// The events of a trace in memory.
class RecordedSource : public EventSource {
 public:
  explicit RecordedSource(std::shared_ptr<const RecordedTrace> trace) : trace_(std::move(trace)) {}

  const TraceHeader& header() const override { return trace_->header; }

  /// Throws InputError on an event that breaks a rule (see StreamCheck), and on a trace without any event.
  bool next(LayerEvent& event) override;

 private:
  std::shared_ptr<const RecordedTrace> trace_;
  StreamCheck check_;
  std::size_t at_ = 0;
};

/// Writes a trace to a file, .jsonl or .jsonl.gz, and returns the number of its events. Throws InputError as
/// RecordedSource and JsonlWriter do.
std::int64_t write_trace(const std::string& path, const RecordedTrace& trace);

/// All the events of a source.
RecordedTrace read_all(EventSource& source);

}  // namespace upmem_des
