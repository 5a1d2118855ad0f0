#include "run/scenario_platform.hpp"

#include <functional>

#include "platform/generated_platform.hpp"
#include "platform/platform_builder.hpp"
#include "run/cost_setup.hpp"
#include "run/mapped_profiles.hpp"

namespace upmem_des {

namespace {

void make_faster(Architecture& profile, const Faster& faster) {
  profile.memory.bandwidth_Bps *= faster.memory;
  profile.flops_per_s *= faster.arithmetic;
  if (profile.flops_per_s_int4) *profile.flops_per_s_int4 *= faster.arithmetic;
  for (auto& [format, flops_per_s] : profile.flops_per_s_by_format) flops_per_s *= faster.arithmetic;
  for (std::optional<double>* per_element_s :
       {&profile.softmax_s_per_element, &profile.silu_s_per_element, &profile.rmsnorm_s_per_element})
    if (*per_element_s) **per_element_s /= faster.arithmetic;
  profile.host_to_device.bandwidth_Bps *= faster.links;
  profile.device_to_host.bandwidth_Bps *= faster.links;
  profile.peer_Bps *= faster.links;
  if (!profile.pim) return;
  PimBanks& pim = *profile.pim;
  pim.row_open_s /= faster.memory;
  pim.input_Bps *= faster.memory;
  pim.output_Bps *= faster.memory;
  if (pim.controller) {
    pim.controller->flops_per_s *= faster.arithmetic;
    pim.controller->bandwidth_Bps *= faster.memory;
  }
}

/// What a byte and an operation cost in energy stays.
void make_faster(PlatformSpec& platform, const Faster& faster,
                 const std::function<DeviceRatings(const Architecture&)>& ratings) {
  for (DeviceSpec& device : platform.devices) {
    make_faster(device.architecture, faster);
    device.ratings = ratings(device.architecture);
    device.memory.bandwidth_Bps = device.ratings.memory_Bps;
    device.memory.power_W = device.ratings.memory_W;
  }
  for (LinkSpec& link : platform.links) {
    link.bandwidth_Bps *= faster.links;
    link.power_W *= faster.links;
  }
  for (MediumSpec& medium : platform.media) medium.bandwidth_Bps *= faster.links;
}

}  // namespace

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
  if (scenario.simulation.faster.any()) make_faster(platform, scenario.simulation.faster, ratings);
  return platform;
}

}  // namespace upmem_des
