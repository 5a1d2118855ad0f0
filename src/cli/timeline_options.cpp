#include "cli/timeline_options.hpp"

#include "upmem_des/report/html_report.hpp"
#include "upmem_des/timeline/timeline_window.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

void add_timeline_options(CLI::App& command, TimelineOptions& options) {
  command.add_option("--html", options.html, "Write a page with charts, for browsers")->option_text("FILE");
  command.add_option("--perfetto", options.perfetto, "Write a timeline for Perfetto and chrome://tracing")
      ->option_text("FILE");
  command.add_option("--paje", options.paje, "Write a timeline for Paje viewers (pj_dump, ViTE)")->option_text("FILE");
  command.add_option("--timeline-window", options.window, "Cut timelines: step=3, steps=0..2 or time=1ms..2.5ms")
      ->option_text("WINDOW");
  command
      .add_option("--simgrid-trace", options.simgrid_trace, "Write SimGrid's own Paje trace: use of hosts and links")
      ->option_text("FILE");
}

void check(const TimelineOptions& options) {
  if (!options.html.empty()) require_page();
  if (options.window.empty()) return;
  parse_timeline_window(options.window);
  if (options.paje.empty() && options.perfetto.empty() && options.html.empty())
    throw InputError({"--timeline-window"}, "there is no timeline to cut; expected --html, --perfetto or --paje, too");
}

}  // namespace upmem_des
