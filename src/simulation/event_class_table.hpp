/// The table of event classes, as it grows.
#pragma once

#include <array>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

class EventClassTable {
 public:
  /// The place of an event's class, which is made where there is none.
  std::size_t find(const LayerEvent& event, Phase phase);

  EventClass& at(std::size_t place) { return classes_[place]; }
  /// In the order in which they were first asked for; places never change.
  const std::vector<EventClass>& classes() const { return classes_; }

 private:
  std::vector<EventClass> classes_;
  std::array<std::unordered_map<std::uint64_t, std::size_t>, phase_count> places_;  // by type and name
};

}  // namespace upmem_des
