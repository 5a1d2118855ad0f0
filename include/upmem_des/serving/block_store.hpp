/// A block that goes to the tier.
#pragma once

#include <cstdint>

#include "upmem_des/serving/kv_blocks.hpp"

namespace upmem_des {

/// A block that goes to the tier, or has gone there.
struct BlockStore {
  std::uint32_t slot = 0;          ///< whose block it is, or who takes its place
  KvBlock block = KvBlocks::none;  ///< which keeps it until it has arrived; none where something else takes its place
  bool of_prompt = false;          ///< of that request's tokens in the block, the first is of its prompt
  std::uint64_t hash = 0;
};

}  // namespace upmem_des
