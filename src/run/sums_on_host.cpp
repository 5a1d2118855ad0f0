#include "run/sums_on_host.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cost/sum_demand.hpp"
#include "platform/device_names.hpp"

namespace upmem_des {

namespace {

/// Are some of the devices in a network, but not all of them in one?
bool are_islands(const PlatformSpec& platform, const std::vector<DeviceIndex>& devices) {
  bool any = false;
  for (const NetworkSpec& network : platform.networks) {
    const auto members = std::count_if(devices.begin(), devices.end(), [&](DeviceIndex device) {
      return std::find(network.devices.begin(), network.devices.end(), device) != network.devices.end();
    });
    if (static_cast<std::size_t>(members) == devices.size()) return false;
    any = any || members > 1;
  }
  return any;
}

}  // namespace

void warn_of_sums_on_host(const CollectiveLog& log, const PlatformSpec& platform, double bytes_per_element,
                          const SourceLocation& where, const Warn& warn) {
  for (const CollectiveLog::Entry& entry : log.entries()) {
    if (has_root(entry.collective) || entry.host_teams == 0 || !are_islands(platform, entry.devices)) continue;
    const double elements = entry.on_host.share * entry.most_B / bytes_per_element;
    const double time_s =
        static_cast<double>(entry.host_teams) *
        sum_demand(platform.devices[host_device].architecture, entry.on_host.tensors, elements, bytes_per_element)
            .time_s();
    warn(InputError(where, "mapping",
                    fmt::format("{} of {}: added on the host, {:.4g} us for {:.4g} MB, as no network joins these "
                                "devices; expected a network between them, or collectives: {{{}: relay}}",
                                name_of(entry.collective), device_set_name(platform, entry.devices), time_s * 1e6,
                                entry.most_B / 1e6, key_of(entry.collective)))
             .what());
  }
}

}  // namespace upmem_des
