/// How many blocks of KV cache an instance has room for.
#pragma once

#include <cstdint>

#include "run/prepared_run.hpp"
#include "service/draft_run.hpp"

namespace upmem_des {

struct KvRoom {
  double utilization = 0.9;  ///< share of a device's memory that the engine may take
  double reserve_B = 0;      ///< of that: activations, graphs and the runtime
  std::int64_t block_tokens = 16;
  DraftBytes draft{};
};

/// Blocks of so many tokens that fit beside the weights: of the device that has least room for its part of them. `run`
/// is an instance's, surveyed with one sequence of `surveyed_tokens` rows. A draft's part of a block lies beside the
/// model's. Throws InputError where a device with a part of the cache does not say how much it holds, and
/// SimulationError where not one block fits.
std::int64_t kv_blocks_that_fit(const PreparedRun& run, std::int64_t surveyed_tokens, const KvRoom& room);

}  // namespace upmem_des
