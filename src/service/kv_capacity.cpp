#include "service/kv_capacity.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

std::int64_t kv_blocks_that_fit(const PreparedRun& run, std::int64_t surveyed_tokens, const KvRoom& room) {
  double least = std::numeric_limits<double>::infinity();
  for (DeviceIndex i = 0; i < run.platform().devices.size(); ++i) {
    const DeviceSpec& device = run.platform().devices[i];
    const double cache_B = run.held()[i].kv_cache_B + room.draft.cache_on_B(i);
    const double weights_B = run.held()[i].weights_B + room.draft.weights_on_B(i);
    if (cache_B <= 0) continue;
    const std::optional<double>& capacity_B = device.architecture.capacity_B;
    if (!capacity_B)
      throw InputError({run.scenario().file}, "serving.kv_blocks",
                       "not given, and " + device.name +
                           " does not say how much it holds; expected a number of blocks, "
                           "or capacity_GB in its profile");
    const double block_B = cache_B / static_cast<double>(surveyed_tokens) * static_cast<double>(room.block_tokens);
    const double free_B = *capacity_B * room.utilization - weights_B - room.reserve_B;
    if (free_B < block_B)
      throw SimulationError("capacity: " + device.name + " has " + number_text(std::max(0.0, free_B) / 1e9) +
                            " GB for KV caches: " + number_text(*capacity_B / 1e9) + " GB times " +
                            number_text(room.utilization) + ", less " + number_text(weights_B / 1e9) +
                            " GB of weights and a reserve of " + number_text(room.reserve_B / 1e9) +
                            " GB; expected more than one block of " + number_text(block_B / 1e9) + " GB");
    least = std::min(least, std::floor(free_B / block_B));
  }
  if (!std::isfinite(least))
    throw InputError(
        {run.scenario().file}, "workload.model",
        "keeps no KV cache that grows with its tokens; expected a model with attention, or serving.kv_blocks");
  return static_cast<std::int64_t>(std::min(least, 1e9));
}

}  // namespace upmem_des
