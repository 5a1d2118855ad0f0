/// What a cache saves of the traffic to memory. Internal to the room.
#pragma once

#include <algorithm>

namespace upmem_des {

/// Of `bytes` that were used just before, up to `held_B` are in the cache and so many times faster; of more than that
/// fewer and fewer stay, until of twice as many none does. As bytes of memory; grows with `bytes`.
inline double bytes_beyond_cache(double bytes, double held_B, double speedup) {
  if (speedup <= 1 || held_B <= 0) return bytes;
  const double held = std::max(0.0, std::min(bytes, 2 * held_B - bytes));
  return bytes - held * (1 - 1 / speedup);
}

}  // namespace upmem_des
