#include "scenario/recorded_scenario.hpp"

#include <set>

#include "scenario/mapping_entry.hpp"
#include "util/error.hpp"

namespace upmem_des {

Scenario scenario_for(RecordedTrace trace, const MappingLines& mapping, const std::string& default_device) {
  Scenario scenario;
  scenario.name = trace.header.model;
  scenario.workload.recorded = std::make_shared<const RecordedTrace>(std::move(trace));
  scenario.workload.last_layer.clear();
  std::set<std::string> named;
  for (const auto& [layer, device] : mapping) {
    scenario.mapping.push_back(mapping_entry(layer, device, {}));
    if (!named.insert(layer).second)
      throw InputError({}, scenario.mapping.back().key(), "is named twice; expected each layer once");
  }
  if (!default_device.empty()) {
    scenario.default_device = mapping_entry("default", default_device, {});
    check_default_device(*scenario.default_device);
  }
  return scenario;
}

}  // namespace upmem_des
