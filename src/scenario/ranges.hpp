/// How large numbers of a scenario may be. Internal to the room.
#pragma once

#include <cstdint>

#include "upmem_des/model/decoder_run.hpp"
#include "util/limits.hpp"

namespace upmem_des {

/// Rows of a batch: of a model, or of a trace, which only says how many its events have.
constexpr std::int64_t most_rows(bool is_model) {
  return is_model ? most_run_rows : largest_count;
}
constexpr std::int64_t most_chunks = 1024;
constexpr std::int64_t most_microbatches = 4096;  // interleaved or not
// From a byte on, and small enough that no formula overflows.
constexpr double smallest_buffer_MB = 1e-6;
constexpr double largest_buffer_MB = 1e9;
constexpr double largest_overhead_us = 1e9;
constexpr double least_factor = 1e-6;  // of simulation.faster
constexpr double largest_factor = 1e6;
constexpr std::int64_t most_devices = 1'000'000;  // more than any machine has
constexpr std::int64_t most_experts_per_token = 10'000;

}  // namespace upmem_des
