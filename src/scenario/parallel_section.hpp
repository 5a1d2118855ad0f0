/// The section parallel of a scenario.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenario/mapping_section.hpp"

namespace upmem_des {

/// Axes that are laid over the devices, in place of a mapping.
struct ParallelSection {
  std::int64_t tensor = 1;    ///< `tp`: devices that share columns and heads
  std::int64_t pipeline = 1;  ///< `pp`: stages of decoder layers
  std::int64_t data = 1;      ///< `dp`: groups of devices that share the rows of the batch
  std::int64_t context = 1;   ///< `cp`: groups of tp devices that share the tokens and caches of the same sequences
  /// `ep`: groups of the tp · cp · dp devices of a stage among which the experts of a layer are dealt out; a divisor of
  /// that. The devices of a group share each of its experts. 1: experts are split as other layers are.
  std::int64_t experts = 1;
  bool sequence_parallel = false;  ///< the `tp` devices of a group share by tokens what they cannot share by columns
  std::vector<std::string> order;  ///< "tp", "cp", "dp", "pp": the innermost first, each once
  std::string devices;             ///< as in a mapping; empty: all of the only group
  Shares shares;                   ///< of the `tp` devices of a group
  SourceLocation where;

  /// Of an axis of `order`.
  std::int64_t size_of(const std::string& axis) const {
    return axis == "tp" ? tensor : axis == "cp" ? context : axis == "dp" ? data : pipeline;
  }
};

}  // namespace upmem_des
