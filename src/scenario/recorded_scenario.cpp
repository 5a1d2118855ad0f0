#include "scenario/recorded_scenario.hpp"

#include <set>

#include "scenario/mapping_entry.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

MappingEntry placed(const std::string& layer, const std::string& text) {
  MappingEntry entry;
  entry.layer = layer;
  set_place(entry, text);
  return entry;
}

}  // namespace

Scenario scenario_for(RecordedTrace trace, const MappingLines& mapping, const std::string& default_device) {
  Scenario scenario;
  scenario.name = trace.header.model;
  scenario.workload.recorded = std::make_shared<const RecordedTrace>(std::move(trace));
  scenario.workload.last_layer.clear();
  std::set<std::string> named;
  for (const auto& [layer, device] : mapping) {
    MappingEntry entry = placed(layer, device);
    if (is_reserved_in_mapping(layer))
      throw InputError({}, entry.key(), "no layer's name in a mapping; expected it to be set in Scenario::mapping");
    if (!named.insert(layer).second) throw InputError({}, entry.key(), "is named twice; expected each layer once");
    scenario.mapping.lines.push_back(std::move(entry));
  }
  if (!default_device.empty()) {
    scenario.mapping.default_device = placed("default", default_device);
    check_default_device(*scenario.mapping.default_device);
  }
  return scenario;
}

}  // namespace upmem_des
