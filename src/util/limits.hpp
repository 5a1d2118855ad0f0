/// Bounds of numbers that files and options have alike, so that all messages name the same.
#pragma once

#include <cstdint>

namespace upmem_des {

/// Of whole numbers that have no bound of their own.
inline constexpr std::int64_t largest_count = 1'000'000'000;

}  // namespace upmem_des
