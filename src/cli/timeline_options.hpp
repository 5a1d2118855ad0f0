/// The options of timelines.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

namespace upmem_des {

/// Names of files to write; empty for none.
struct TimelineOptions {
  std::string paje;
  std::string perfetto;
  std::string html;
  std::string simgrid_trace;
  std::string window;  ///< see parse_timeline_window()

  std::vector<std::string> files() const { return {paje, perfetto, html, simgrid_trace}; }
};

/// --paje, --perfetto, --html, --simgrid-trace and --timeline-window, into `options`, which outlive the command.
void add_timeline_options(CLI::App& command, TimelineOptions& options);

/// Throws InputError where something is asked for that there is not: a page in a program without one, a window that is
/// none or that cuts nothing.
void check(const TimelineOptions& options);

}  // namespace upmem_des
