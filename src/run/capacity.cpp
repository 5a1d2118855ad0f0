#include "run/capacity.hpp"

#include <fmt/format.h>

#include "platform/device_names.hpp"

namespace upmem_des {

namespace {

/// Bytes are sums of shares, which round.
constexpr double rounding = 1e-12;

}  // namespace

std::string missing_capacity(const PlatformSpec& platform, const std::vector<HeldBytes>& held) {
  std::vector<DeviceIndex> over;
  DeviceIndex worst = host_device;
  double most_B = 0;
  for (DeviceIndex i = 0; i < held.size(); ++i) {
    const auto& capacity_B = platform.devices[i].architecture.capacity_B;
    if (!capacity_B || held[i].total_B() <= *capacity_B * (1 + rounding)) continue;
    over.push_back(i);
    if (const double excess_B = held[i].total_B() - *capacity_B; excess_B > most_B) {
      most_B = excess_B;
      worst = i;
    }
  }
  if (over.empty()) return "";
  const HeldBytes& need = held[worst];
  const auto GB = [](double bytes) { return bytes / 1e9; };
  const std::string others =
      over.size() > 1 ? fmt::format(" ({} devices are too small: {})", over.size(), device_set_name(platform, over))
                      : "";
  const std::string streams = need.streams_B > 0 ? fmt::format(", room for streams {:.4g}", GB(need.streams_B)) : "";
  const std::string stored =
      need.stored_B > 0 ? fmt::format(", of which {:.4g} GB are kept for other devices", GB(need.stored_B)) : "";
  return fmt::format(
      "{} needs {:.4g} GB, {:.4g} GB more than its capacity_GB of {:.4g}: weights {:.4g}, KV cache {:.4g}, "
      "activations {:.4g}{} GB{}{}",
      platform.devices[worst].name, GB(need.total_B()), GB(most_B),
      GB(*platform.devices[worst].architecture.capacity_B), GB(need.weights_B), GB(need.kv_cache_B),
      GB(need.activations_B), streams, stored, others);
}

}  // namespace upmem_des
