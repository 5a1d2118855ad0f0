/// Results as JSON.
#pragma once

#include <cstddef>
#include <string>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// What is written is what read_result_file() takes.
constexpr std::size_t max_result_MiB = 64;

/// The result as a JSON document ("upmem-des-result", version 1), described in docs/result.md. Numbers are in the unit
/// that their key ends in and read back as the same doubles. Throws InputError where it would be larger than
/// max_result_MiB.
std::string result_json(const SimulationResult& result);

}  // namespace upmem_des
