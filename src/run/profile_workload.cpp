#include "run/profile_workload.hpp"

#include "model/decoder_source.hpp"
#include "profile/profiler_process.hpp"
#include "run/cost_setup.hpp"
#include "run/parallel_mapping.hpp"
#include "run/scenario_platform.hpp"
#include "run/workload_source.hpp"
#include "scenario/check_settings.hpp"
#include "trace/last_layer.hpp"
#include "upmem_des/trace/recorded_trace.hpp"

namespace upmem_des {

PlatformSpec check_unprofiled(const Scenario& scenario, const Warn& warn) {
  check_settings(scenario);
  const Workload& workload = scenario.workload;
  check_files(*workload.profile);
  programs_of(*workload.profile);
  if (!workload.model.empty()) {
    const DecoderConfig config = read_model_config(workload.model);
    const DecoderSource source(config, decoder_run(workload), workload.source_where);
  }
  CostOptions options = make_cost_options(scenario, TraceHeader());
  const std::unique_ptr<CostModel> model = make_cost_model(scenario, TraceHeader(), options);
  PlatformSpec platform = scenario_platform(scenario, *model);
  check_parallel(scenario, platform);
  build_mapping(scenario, platform, *model, warn);
  return platform;
}

Scenario profiled(Scenario scenario, const Warn& warn) {
  check_settings(scenario);
  Workload& workload = scenario.workload;
  if (workload.profile && !workload.profiled) {
    check_unprofiled(scenario, [](const std::string&) {});
    auto trace = std::make_shared<UnnamedFile>();
    const ProfileReply reply = run_profiler(*workload.profile, *trace);
    for (const std::string& warning : reply.warnings) warn(warning);
    workload.profiled = std::move(trace);
  }
  const std::string trace = workload.profiled ? workload.profiled->path() : workload.trace;
  if (!workload.contents || workload.contents->path() != trace)
    workload.contents = std::make_shared<FileContents>(trace);
  if (workload.last_layer.empty() && (workload.profiled || workload.recorded)) {
    const std::unique_ptr<EventSource> source = WorkloadSource(workload).open();
    workload.last_layer = source->header().last_layer;
    if (source->header().marks_passes)
      workload.last_layer = Workload().last_layer;  // nobody says which: the events do
    else if (workload.last_layer.empty())
      workload.last_layer = last_layer_of(*source);
  }
  return scenario;
}

}  // namespace upmem_des
