/// Timelines for Perfetto and chrome://tracing.
#pragma once

#include <memory>
#include <string>

#include "upmem_des/timeline/timeline_files.hpp"

namespace upmem_des {

/// Writes Chrome's trace-event JSON as the run goes; docs/timelines.md says what a reader sees. A process for the
/// machine (phases, counters of links) and one for each device that did something, a thread for each stream: a device's
/// computes, and each route on the side of its source. Activities are slices, with arrows between those that wait for
/// each other.
///
/// The format's times are rounded to whole ns, starts and ends each, so that the slices of a thread never overlap;
/// their arguments have the exact times. A slice that is shorter than 1 ns on that grid has no arrows: viewers could
/// not tell which slice they belong to. What is kept is bounded by the machine's size and ArrowSources.
class PerfettoWriter : public TimelineFile {
 public:
  /// `platform` outlives the writer. Throws InputError as OutputFile does, and so do all calls.
  PerfettoWriter(const std::string& path, const PlatformSpec& platform, const std::string& title);
  ~PerfettoWriter() override;

  void on_begin(double time_s) override;
  void on_phase(Phase phase, double time_s) override;
  void on_start(const ActivityRecord& activity) override;
  void on_end(const ActivityRecord& activity) override;
  void on_change(const QuantityChange& change) override;
  void on_finish(double time_s) override;

  /// Puts the file in place; without it nothing is left.
  void commit() override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace upmem_des
