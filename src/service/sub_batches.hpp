/// Sub-batches of a step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "upmem_des/workload/slice.hpp"

namespace upmem_des {

/// Deals sequences, a slice each, out to so many sub-batches, or to as many as there are sequences: one after the
/// other, beginning with the one whose attention asks for most, to the sub-batch whose sequences ask for least so far;
/// of equal ones to the one with the fewest rows, then the fewest sequences, then the first. What a sequence's
/// attention asks for are pairs of a new row and a row that it sees, the rows before it and itself. Reorders `slices`,
/// sub-batch after sub-batch, each in the order of before; gives where each ends. None for one.
std::vector<std::size_t> deal_out(std::vector<Slice>& slices, std::int64_t sub_batches);

}  // namespace upmem_des
