#include "run/scenario_platform.hpp"

#include "platform/generated_platform.hpp"
#include "platform/platform_builder.hpp"
#include "run/cost_setup.hpp"
#include "run/mapped_profiles.hpp"

namespace upmem_des {

PlatformSpec scenario_platform(const Scenario& scenario, const CostModel& model) {
  const Catalogue catalogue = catalogue_of(scenario);
  const bool host_link = model.transfer_rules() == TransferRules::Published && scenario.moe;
  const auto ratings = [&](const Architecture& profile) { return model.ratings(profile); };
  PlatformSpec platform =
      scenario.platform.empty()
          ? generate_platform(mapped_profiles(scenario, catalogue, model), ratings, host_link)
          : build_platform(
                read_platform_file(scenario.platform, scenario.platform_changes), catalogue,
                [&](const Architecture& host) { return model.host_profile(host); }, ratings, host_link);
  if (scenario.simulation.ideal_devices)
    for (DeviceSpec& device : platform.devices) {
      device.architecture.compute_efficiency = device.architecture.memory_efficiency = 1;
      device.architecture.launch_overhead_s = 0;
      device.architecture.efficiency.fitted.clear();
      if (device.architecture.pim) device.architecture.pim->row_open_s = 0;
    }
  return platform;
}

}  // namespace upmem_des
