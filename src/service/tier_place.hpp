/// Where the tiers of caches are.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "run/prepared_run.hpp"
#include "service/cache_transfers.hpp"
#include "service/draft_run.hpp"

namespace upmem_des {

/// Of one instance, on its own machine.
struct TierPlace {
  std::vector<DeviceIndex> stores;                      ///< each has an equal part of every block
  std::vector<std::pair<DeviceIndex, double>> block_B;  ///< bytes of a block on each device with a part of the cache
  std::int64_t blocks = 0;

  /// A block's, of all devices.
  double all_block_B() const;
  /// What moves with so many blocks.
  std::vector<SentShare> to_tier(double count) const;
  std::vector<SentShare> from_tier(double count) const;
};

struct TierSizes {
  std::int64_t surveyed_tokens = 0;  ///< of the one sequence that the run was surveyed with
  std::int64_t block_tokens = 16;
  std::int64_t replicas = 1;  ///< which share HOST
  DraftBytes draft;           ///< whose part of a block goes with the model's
};

/// `run` is an instance's. Throws InputError where the scenario offloads caches, the model keeps none, the tier is
/// where caches are that are in use, or there is no room for it, for a block, or nobody knows how much there is.
TierPlace place_tier(const CacheTierSection& section, const PreparedRun& run, const TierSizes& sizes);

}  // namespace upmem_des
