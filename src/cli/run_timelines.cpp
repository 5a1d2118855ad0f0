#include "cli/run_timelines.hpp"

#include <array>
#include <cstdio>

#include "upmem_des/report/html_report.hpp"
#include "upmem_des/util/error.hpp"
#include "util/output_file.hpp"

namespace upmem_des {

namespace {

std::vector<double> weights_of(const PreparedRun& prepared) {
  std::vector<double> weights_B;
  for (const HeldBytes& held : prepared.held()) weights_B.push_back(held.weights_B);
  return weights_B;
}

std::string title_of(const PreparedRun& prepared) {
  const std::string name = title_of(prepared.scenario());
  return name.empty() ? prepared.workload().header().model : name;
}

void copy(const UnnamedFile& from, const std::string& to) {
  OutputFile file(to);
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> source(std::fopen(from.path().c_str(), "rb"), std::fclose);
  if (!source) throw InputError({from.folder()}, "a temporary file cannot be read");
  std::array<char, 65536> buffer;
  while (const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), source.get()))
    file.write({buffer.data(), count});
  file.commit();
}

}  // namespace

RunTimelines::RunTimelines(const TimelineOptions& options, const PreparedRun& prepared)
    : options_(options),
      window_(options.window.empty() ? TimelineWindow() : parse_timeline_window(options.window)),
      timeline_(prepared.platform(), weights_of(prepared), window_) {
  const PlatformSpec& platform = prepared.platform();
  if (!options.paje.empty()) timeline_.add(paje_.emplace(options.paje, platform, title_of(prepared)));
  if (!options.perfetto.empty()) timeline_.add(perfetto_.emplace(options.perfetto, platform, title_of(prepared)));
  if (!options.html.empty()) timeline_.add(chart_.emplace(platform, window_.all() ? "" : window_.str()));
  if (!options.simgrid_trace.empty()) simgrid_trace_.emplace();
}

void RunTimelines::commit(const SimulationResult& result, const std::function<void(const std::string&)>& warn) {
  if (!window_.all() && timeline_.activities() == 0)
    warn("--timeline-window: nothing happens in " + window_.str() + ", so that the timeline is empty");
  if (paje_) paje_->commit();
  if (perfetto_) perfetto_->commit();
  if (chart_) write_file(options_.html, html_report({{result.scenario, result}}, chart_->json()));
  if (simgrid_trace_) copy(*simgrid_trace_, options_.simgrid_trace);
}

}  // namespace upmem_des
