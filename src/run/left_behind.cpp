#include "run/left_behind.hpp"

#include <algorithm>
#include <string>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

namespace {

/// Devices are written with hyphens or underscores.
std::string one_way(std::string device) {
  std::replace(device.begin(), device.end(), '-', '_');
  return device;
}

}  // namespace

void warn_of_left_behind(const Scenario& scenario, const Warn& warn) {
  if (scenario.default_before.empty() || !scenario.mapping.default_device) return;
  const std::string before = one_way(scenario.default_before);
  const std::string& now = scenario.mapping.default_device->device;
  if (one_way(now) == before) return;
  const auto was_set = [&](const std::string& key) {
    return std::any_of(scenario.changes.begin(), scenario.changes.end(),
                       [&](const ChangedKey& change) { return change.key == key; });
  };
  const auto see = [&](const MappingEntry& entry) {
    if (one_way(entry.device) != before || was_set(entry.key())) return;
    const std::string flags = entry.flags.empty() ? "" : "," + entry.flags;
    warn(InputError(entry.where, entry.key(),
                    "stays on " + entry.device + ", which mapping.default=" + now + " has replaced; expected --set '" +
                        entry.key() + "=" + now + flags + "' too, if that is meant")
             .what());
  };
  scenario.mapping.for_each(see);
  for (const MappingSection& section : scenario.phase_mapping) section.for_each(see);
}

}  // namespace upmem_des
