/// What of a mapping a workload makes use of. Internal to the room.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "plan/layer_tracker.hpp"
#include "run/device_map.hpp"
#include "scenario/scenario.hpp"

namespace upmem_des {

struct LayerEvent;

/// Sees a workload's events in order and remembers by which names, layers and experts they can be mapped.
class MappingUse {
 public:
  void see(const LayerEvent& event);

  /// Warns of every line of the mapping that no event is looked up by, with the nearest name, of an event or one of
  /// `others`, or the last layer, that there is.
  void warn_of_unused(const Scenario& scenario, const std::set<std::string>& others, const Warn& warn) const;

  /// Pairs of a type and a name.
  std::size_t kinds() const { return kinds_.size(); }

  /// The names of layers, functions apart.
  const std::set<std::string>& layer_names() const { return layer_names_; }

 private:
  void see_names(const LayerEvent& event);
  void see_layer(const LayerEvent& event);
  void warn_of_unused(const MappingSection& section, const std::vector<std::string>& names, const Warn& warn) const;
  bool any_in(const LayerRangeEntry& range) const;

  std::unordered_set<std::uint64_t> kinds_;  // types and names
  std::set<std::string> keys_;
  std::set<std::string> layer_names_;
  std::vector<std::uint64_t> seen_;  // by Name::index() of the event's name: what it last came with
  LayerTracker tracker_;
  std::set<std::int64_t> layers_;
  std::int64_t latest_layer_ = -1;
  bool experts_ = false;
};

}  // namespace upmem_des
