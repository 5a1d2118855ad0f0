/// Timelines that are written to files, and the page's.
#pragma once

#include <memory>
#include <string>

#include "upmem_des/timeline/timeline_window.hpp"
#include "upmem_des/timeline/timeline_writer.hpp"

namespace upmem_des {

struct PlatformSpec;

/// A timeline that becomes a file.
class TimelineFile : public TimelineWriter {
 public:
  /// Puts the file in place, after on_finish(); without it nothing is left. Throws InputError when the disk is full.
  virtual void commit() = 0;
};

/// Chrome's trace-event JSON, for Perfetto and chrome://tracing. `title` names the machine, for people; `platform`
/// outlives the writer. Throws InputError where `path` cannot be written; so do all its calls when the disk is full.
std::unique_ptr<TimelineFile> perfetto_timeline(const std::string& path, const PlatformSpec& platform,
                                                const std::string& title);

/// A Paje trace, for ViTE, pj_dump and scripts/plot_timeline. As perfetto_timeline().
std::unique_ptr<TimelineFile> paje_timeline(const std::string& path, const PlatformSpec& platform,
                                            const std::string& title);

/// What the HTML page's charts over time are drawn from. Its size does not grow with the run's length.
class ChartTimeline : public TimelineWriter {
 public:
  /// Once the timeline has ended: the `timeline_json` of html_report().
  virtual std::string json() const = 0;
};

/// `window`: the part of the run that the timeline was cut to, for the page to say; `platform` outlives the writer.
std::unique_ptr<ChartTimeline> chart_timeline(const PlatformSpec& platform, const TimelineWindow& window = {});

}  // namespace upmem_des
