/// From what goes on in a run to a timeline in order.
#pragma once

#include <memory>
#include <vector>

#include "upmem_des/result/activity_record.hpp"
#include "upmem_des/timeline/timeline_window.hpp"
#include "upmem_des/timeline/timeline_writer.hpp"

namespace upmem_des {

struct PlatformSpec;

/// Cuts a run to a window, puts it in order of time, adds up what resources do to quantities, and hands all that to
/// writers as the run goes. Keeps only what may still have to be put before something else: from the last known use of
/// the transfers and fetches that are under way on.
class Timeline : public ActivityObserver {
 public:
  /// `weights_B`: what each device holds of weights, bytes. `platform` outlives the timeline.
  Timeline(const PlatformSpec& platform, std::vector<double> weights_B, const TimelineWindow& window);
  ~Timeline() override;

  /// `writer` outlives the timeline; to be called before the run.
  void add(TimelineWriter& writer);
  /// Has nobody been added?
  bool empty() const;

  /// Activities that were in the window.
  std::int64_t activities() const;

  void on_start(const ActivityRecord& activity) override;
  void on_use(const ResourceUse& use) override;
  void on_fetching(std::size_t device, double since_s) override;
  void on_end(const ActivityRecord& activity) override;
  void on_prefill_end(double time_s) override;
  void on_run_end(double time_s) override;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace upmem_des
