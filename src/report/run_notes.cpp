#include "report/run_notes.hpp"

#include <algorithm>
#include <vector>

#include "report/energy_gap_text.hpp"
#include "util/harmless_text.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

/// What does not fit there runs like what does.
std::string unknown_capacity(const SimulationResult& result) {
  std::vector<std::string> names;
  for (const DeviceResult& device : result.devices) {
    if (device.memory.total_B() == 0 || device.memory.capacity_B) continue;
    const bool has_profile = device.architecture < result.architectures.size();
    const std::string name = one_line(has_profile ? result.architectures[device.architecture].name : device.name);
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  if (names.empty()) return "";
  return "no capacity_GB is known of " + listed(names, 5) + ": whether this fits was not checked\n";
}

}  // namespace

std::string run_notes(const SimulationResult& result) {
  std::string text;
  if (result.all_devices_ideal.value_or(false))
    text += "all devices are ideal: they reach their peaks; see docs/accuracy.md\n";
  return text + unknown_capacity(result) + energy_gap_text(result.energy_gaps);
}

}  // namespace upmem_des
