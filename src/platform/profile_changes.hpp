/// Figures of a device profile that a platform file replaces.
#pragma once

#include <optional>

#include "architecture/arithmetic_rates.hpp"
#include "upmem_des/architecture/architecture.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

/// What is set replaces the profile's figure of that name. Rates by format stand beside the profile's of other formats;
/// one rate for all stands in place of them.
struct ProfileChanges {
  std::optional<double> capacity_B;
  std::optional<double> host_to_device_Bps;
  std::optional<double> host_to_device_J_per_byte;
  std::optional<double> device_to_host_Bps;
  std::optional<double> device_to_host_J_per_byte;
  std::optional<double> memory_Bps;
  std::optional<double> memory_J_per_byte;
  ArithmeticRates arithmetic;
  std::optional<double> energy_J_per_flop;
  std::optional<double> softmax_s_per_element;
  std::optional<double> silu_s_per_element;
  std::optional<double> rmsnorm_s_per_element;
  std::optional<double> link_latency_s;
  std::optional<double> idle_W;
  std::optional<double> active_W;
  std::optional<double> power_limit_W;
  std::optional<double> compute_efficiency;
  std::optional<double> memory_efficiency;
  std::optional<double> launch_overhead_s;
  std::optional<ItemPrice> price;  ///< its price as a whole, and its embodied carbon

  /// The profile with the changes.
  Architecture applied_to(Architecture profile) const;
};

/// Asks `map` for all keys of an architectures file, in its units. Throws InputError on a
/// figure that would be wrong there, too.
ProfileChanges read_profile_changes(YamlMap& map);

}  // namespace upmem_des
