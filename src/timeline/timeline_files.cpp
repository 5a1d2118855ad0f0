#include "upmem_des/timeline/timeline_files.hpp"

#include "timeline/chart/chart_data.hpp"
#include "timeline/paje/paje_writer.hpp"
#include "timeline/perfetto/perfetto_writer.hpp"

namespace upmem_des {

std::unique_ptr<TimelineFile> perfetto_timeline(const std::string& path, const PlatformSpec& platform,
                                                const std::string& title) {
  return std::make_unique<PerfettoWriter>(path, platform, title);
}

std::unique_ptr<TimelineFile> paje_timeline(const std::string& path, const PlatformSpec& platform,
                                            const std::string& title) {
  return std::make_unique<PajeWriter>(path, platform, title);
}

std::unique_ptr<ChartTimeline> chart_timeline(const PlatformSpec& platform, const TimelineWindow& window) {
  return std::make_unique<ChartData>(platform, window.all() ? "" : window.str());
}

}  // namespace upmem_des
