/// The timelines of one run, as they are written.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/timeline_options.hpp"
#include "run/prepared_run.hpp"
#include "timeline/chart/chart_data.hpp"
#include "timeline/paje/paje_writer.hpp"
#include "timeline/perfetto/perfetto_writer.hpp"
#include "upmem_des/result/simulation_result.hpp"
#include "upmem_des/timeline/timeline.hpp"
#include "util/unnamed_file.hpp"

namespace upmem_des {

/// Files are put in place by commit(); without it nothing is left.
class RunTimelines {
 public:
  /// Opens the files. `prepared` outlives this. Throws InputError as they do.
  RunTimelines(const TimelineOptions& options, const PreparedRun& prepared);

  /// For the run; null where no timeline is wanted.
  ActivityObserver* watcher() { return timeline_.empty() ? nullptr : &timeline_; }
  /// Where SimGrid is to write its trace; "" for nowhere.
  std::string trace_file() const { return simgrid_trace_ ? simgrid_trace_->path() : ""; }

  /// To be called after the run: writes what is written then, and puts all files in place. `warn` is told of a window
  /// that nothing was in.
  void commit(const SimulationResult& result, const std::function<void(const std::string&)>& warn);

 private:
  TimelineOptions options_;
  TimelineWindow window_;
  Timeline timeline_;
  std::optional<PajeWriter> paje_;
  std::optional<PerfettoWriter> perfetto_;
  std::optional<ChartData> chart_;
  std::optional<UnnamedFile> simgrid_trace_;
};

}  // namespace upmem_des
