/// How often memory was asked for.
#pragma once

#include <cstdint>

namespace upmem_des {

/// Calls of `operator new`, which this program replaces, since its start.
std::int64_t memory_allocations();

}  // namespace upmem_des
