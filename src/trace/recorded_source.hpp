/// Traces in memory, read as streams.
#pragma once

#include <cstddef>
#include <memory>

#include "trace/event_check.hpp"
#include "upmem_des/trace/recorded_trace.hpp"

namespace upmem_des {

/// The events of a trace in memory.
class RecordedSource : public EventSource {
 public:
  /// Throws InputError on a header that no file could have.
  explicit RecordedSource(std::shared_ptr<const RecordedTrace> trace);

  const TraceHeader& header() const override { return trace_->header; }

  /// Throws InputError on an event that breaks a rule (see StreamCheck), and on a trace without any event.
  bool next(LayerEvent& event) override;

 private:
  std::shared_ptr<const RecordedTrace> trace_;
  StreamCheck check_;
  std::size_t at_ = 0;
};

}  // namespace upmem_des
