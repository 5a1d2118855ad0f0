/// Demands in pieces. Internal to the room.
#pragma once

#include <cstddef>

#include "upmem_des/cost/demand.hpp"

namespace upmem_des {

/// Piece k of `pieces` equal ones; the overhead is the first one's.
Demand piece_of(const Demand& demand, std::size_t k, std::size_t pieces);

/// Bytes of the KV cache that a demand reads.
double kv_bytes_of(const Demand& demand);

}  // namespace upmem_des
