/// Sums over events: busy times, bytes, counts, and the table of event classes.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "plan/planned_event.hpp"
#include "platform/platform_spec.hpp"
#include "result/simulation_result.hpp"

namespace upmem_des {

class ResultCollector {
 public:
  explicit ResultCollector(const PlatformSpec& platform);

  /// Adds an event and returns its cost.
  EventCost add(const PlannedEvent& planned);

  /// Puts the sums into `result`; times and energies of phases are not touched.
  void fill(SimulationResult& result) const;

 private:
  void add_transfers(const TransferList& transfers, EventCost& cost);
  EventClass& event_class(const PlannedEvent& planned);

  struct PhaseSums {
    BusyTimes busy;
    MovedBytes moved;
    std::int64_t events = 0;
  };

  const PlatformSpec& platform_;
  std::array<PhaseSums, phase_count> phases_;
  std::vector<DeviceResult> devices_;
  std::vector<EventClass> classes_;
  std::unordered_map<std::uint64_t, std::size_t> class_of_[phase_count];  // by type and name
};

}  // namespace upmem_des
