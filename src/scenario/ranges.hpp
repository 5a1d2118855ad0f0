/// How large numbers of a scenario may be. Internal to the room.
#pragma once

#include <cstdint>

namespace upmem_des {

constexpr std::int64_t largest_count = 1'000'000'000;
constexpr std::int64_t most_chunks = 1024;
constexpr std::int64_t most_microbatches = 4096;  // interleaved or not
constexpr std::int64_t most_experts_per_token = 10'000;

}  // namespace upmem_des
