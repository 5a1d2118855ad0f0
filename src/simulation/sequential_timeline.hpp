/// The activities of a sequential run, by formula.
#pragma once

#include "plan/planned_event.hpp"
#include "result/activity_record.hpp"
#include "simulation/activity_records.hpp"

namespace upmem_des {

/// Lays events out one after the other, each as long as its formulas say: what SimGrid's clock shows but for rounding,
/// and the same to the last bit whether events run as activities of their own or as segments.
class SequentialTimeline {
 public:
  /// References outlive the timeline.
  SequentialTimeline(const PlatformSpec& platform, ActivityObserver& observer, MemoryAccount& memory)
      : platform_(platform), observer_(observer), memory_(memory) {}

  void add(const PlannedEvent& planned);
  void end_prefill() { observer_.on_prefill_end(now_s_); }
  void end_run() { observer_.on_run_end(now_s_); }

 private:
  ActivityRecord record_of(const PlannedEvent& planned, ActivityKind kind);
  void add(const TransferList& transfers, const PlannedEvent& planned, const char* purpose);
  void add_compute(const PlannedEvent& planned);

  const PlatformSpec& platform_;
  ActivityObserver& observer_;
  MemoryAccount& memory_;
  double now_s_ = 0;
  std::int64_t next_id_ = 0;
};

}  // namespace upmem_des
