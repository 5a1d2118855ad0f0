#include "run/changed_profiles.hpp"

#include <algorithm>

#include "architecture/architecture_reader.hpp"

namespace upmem_des {

void warn_of_unused_changes(const Scenario& scenario, const PlatformSpec& platform, const Warn& warn) {
  for (const auto& [name, figures] : scenario.architecture_changes.entries) {
    const bool is_used = std::any_of(platform.devices.begin(), platform.devices.end(),
                                     [wanted = canonical_device_name(name)](const DeviceSpec& device) {
                                       return device.architecture.name == wanted;
                                     });
    if (!is_used)
      warn(InputError(figures.where, figures.key, "changes nothing; expected a device that the run has").what());
  }
}

}  // namespace upmem_des
