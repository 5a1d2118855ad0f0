#include "upmem_des/library/loaded_scenario.hpp"

#include "scenario/recorded_scenario.hpp"
#include "scenario/scenario_reader.hpp"
#include "scenario/scenario_writer.hpp"
#include "upmem_des/trace/recorded_trace.hpp"

namespace upmem_des {

namespace {

Scenario read(const std::string& path, const std::vector<Setting>& settings,
              const std::vector<std::string>& device_files) {
  ScenarioOverrides overrides;
  for (const Setting& setting : settings) overrides.settings.push_back({setting.key, setting.value, "setting"});
  overrides.architectures = device_files;
  return load_scenario(path, overrides);
}

Scenario of_trace(RecordedTrace trace, const MappingLines& mapping, const std::string& default_device,
                  const TraceSettings& settings) {
  Scenario scenario = scenario_for(std::move(trace), mapping, default_device);
  scenario.simulation.cost_model = settings.cost_model;
  scenario.workload.dtype = settings.dtype;
  if (settings.last_layer) scenario.workload.last_layer = *settings.last_layer;
  return scenario;
}

}  // namespace

LoadedScenario::LoadedScenario(const std::string& path, const std::vector<Setting>& settings,
                               const std::vector<std::string>& device_files)
    : scenario_(std::make_shared<const Scenario>(read(path, settings, device_files))) {}

LoadedScenario::LoadedScenario(RecordedTrace trace, const std::vector<std::pair<std::string, std::string>>& mapping,
                               const std::string& default_device, const TraceSettings& settings)
    : scenario_(std::make_shared<const Scenario>(of_trace(std::move(trace), mapping, default_device, settings))) {}

std::string LoadedScenario::title() const {
  return title_of(*scenario_);
}

bool LoadedScenario::serves_requests() const {
  return scenario_->workload.requests.has_value();
}

std::string LoadedScenario::yaml() const {
  return scenario_yaml(*scenario_);
}

}  // namespace upmem_des
