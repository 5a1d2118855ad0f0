/// Traces in memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "upmem_des/trace/event_source.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

/// What a trace file holds.
struct RecordedTrace {
  TraceHeader header;
  std::vector<LayerEvent> events;
};

/// Writes a trace to a file, .jsonl or .jsonl.gz, and returns the number of its events. Throws InputError on
/// a header or event that breaks a rule of docs/traces.md, on a trace without any event, and when the file cannot be
/// written.
std::int64_t write_trace(const std::string& path, const RecordedTrace& trace);

/// All the events of a source.
RecordedTrace read_all(EventSource& source);

}  // namespace upmem_des
