/// What of devices' weights and caches is kept elsewhere.
#pragma once

#include <algorithm>
#include <vector>

#include "plan/stored_bytes.hpp"
#include "upmem_des/platform/indices.hpp"

namespace upmem_des {

/// Plain data: by device, which share of its weights, and of its KV cache, another device keeps for it.
struct OffloadRules {
  struct Away {
    DeviceIndex store = host_device;  ///< another device, where `share` is above 0
    double share = 0;                 ///< 0 to 1
  };

  std::vector<Away> weights;   ///< by device; empty: all have their own
  std::vector<Away> kv_cache;  ///< by device; empty: all have their own
  StorageOptions storage;      ///< what is kept, in bytes

  static double share(const std::vector<Away>& away, DeviceIndex device) {
    return away.empty() ? 0 : away[device].share;
  }
  bool any() const {
    const auto is_away = [](const Away& one) { return one.share > 0; };
    return std::any_of(weights.begin(), weights.end(), is_away) ||
           std::any_of(kv_cache.begin(), kv_cache.end(), is_away);
  }
};

}  // namespace upmem_des
