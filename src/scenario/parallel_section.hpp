/// The section parallel of a scenario.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenario/mapping_section.hpp"

namespace upmem_des {

/// Axes that are laid over the devices, in place of a mapping.
struct ParallelSection {
  std::int64_t tensor = 1;         ///< `tp`: devices that share columns and heads
  std::int64_t pipeline = 1;       ///< `pp`: stages of decoder layers
  std::int64_t data = 1;           ///< `dp`: groups of devices that share the rows of the batch
  std::int64_t experts = 1;        ///< `ep`: devices that share the experts of a layer, whole ones; laid over tp · dp
  bool sequence_parallel = false;  ///< the `tp` devices of a group share by tokens what they cannot share by columns
  std::vector<std::string> order;  ///< "tp", "dp", "pp": the innermost first, each once
  std::string devices;             ///< as in a mapping; empty: all of the only group
  Shares shares;                   ///< of the `tp` devices of a group
  SourceLocation where;
};

}  // namespace upmem_des
