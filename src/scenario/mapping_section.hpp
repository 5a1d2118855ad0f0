/// The mapping as a scenario file says it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// In which proportion devices share work.
struct Shares {
  std::vector<double> weights;  ///< finite, none below 0, not all 0; empty: equal ones
  bool by_rate = false;         ///< in proportion to the devices' memory bandwidth
  SourceLocation where{};

  bool are_equal() const { return weights.empty() && !by_rate; }
};

/// One line of the mapping: what is placed, and where.
struct MappingEntry {
  std::string layer;                 ///< a name or type, or "default", "experts", "0..15"
  std::string section;               ///< what stands before `layer` in the key: "", "prefill.", "decode.layers."
  std::string device;                ///< one or more, as written: "PIM-AI-4chip", "dimm[0..7]+gpu"
  std::string flags;                 ///< what stood after the first comma
  std::string more;                  ///< what stood after the second comma
  std::optional<std::string> split;  ///< one of split_names()
  std::int64_t replicas = 1;         ///< groups of devices that share the rows of the batch
  std::int64_t context = 1;          ///< groups (or replicas) that follow each other and share the same sequences
  bool sequence_parallel = false;    ///< devices of a group share by tokens what they cannot share by columns
  std::int64_t groups = 0;           ///< of devices among which experts are dealt out; 0: as many as devices
  Shares shares;                     ///< what each device has of the work
  SourceLocation where;

  std::string key() const { return "mapping." + section + layer; }
};

/// The line of the decoder layers first … last.
struct LayerRangeEntry {
  std::int64_t first = 0;
  std::int64_t last = 0;
  MappingEntry entry;
  std::optional<MappingEntry> experts{};  ///< where events of these layers go that belong to one expert
};

/// Lines that hold in every phase, or in one.
struct MappingSection {
  std::vector<MappingEntry> lines;  ///< of names and types, each once
  std::optional<MappingEntry> default_device;
  std::optional<MappingEntry> experts;
  std::vector<LayerRangeEntry> layers;  ///< in the order of the file, without a layer in common

  bool empty() const { return lines.empty() && !default_device && !experts && layers.empty(); }

  /// Calls `visit` with every entry: lines, default, experts, layers.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const MappingEntry& line : lines) visit(line);
    if (default_device) visit(*default_device);
    if (experts) visit(*experts);
    for (const LayerRangeEntry& range : layers) {
      visit(range.entry);
      if (range.experts) visit(*range.experts);
    }
  }
};

/// "tensor", "experts", "replicas".
const std::vector<std::string>& split_names();

/// Is it a key of the mapping itself, and so no layer's name: default, experts, layers, prefill, decode?
bool is_reserved_in_mapping(const std::string& name);

}  // namespace upmem_des
