/// Sums over events: busy times, bytes, counts, and the table of event classes.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "plan/planned_event.hpp"
#include "platform/platform_spec.hpp"
#include "result/simulation_result.hpp"
#include "simulation/event_class_table.hpp"
#include "simulation/operator_uses.hpp"

namespace upmem_des {

class ResultCollector {
 public:
  explicit ResultCollector(const PlatformSpec& platform);

  /// Adds an event and returns its cost, which lives until the next call.
  const EventCost& add(const PlannedEvent& planned);

  /// Puts the sums into `result`; times and energies of phases are not touched.
  void fill(SimulationResult& result);

 private:
  /// Events of one kind that ask for the same: they are counted, and added up together.
  struct Kind {
    DeviceIndex device = host_device;
    Phase phase = Phase::Prefill;
    Demand demand;
    EventCost cost;  // of the demand
    std::size_t event_class = 0;
    std::size_t use = 0;      // its place in operators_, where the demand is not of nothing
    std::int64_t events = 0;  // that have not been added up
  };

  void open(Kind& kind, const PlannedEvent& planned);
  void close(Kind& kind);
  void add_transfers(const TransferList& transfers, Phase phase, EventCost& cost);

  struct PhaseSums {
    BusyTimes busy;
    MovedBytes moved;
    std::int64_t events = 0;
  };

  const PlatformSpec& platform_;
  std::array<PhaseSums, phase_count> phases_;
  std::vector<DeviceResult> devices_;
  std::vector<LinkResult> links_;
  std::vector<Kind> kinds_;  // by PlannedEvent::kind
  EventCost latest_;         // of an event with transfers
  EventClassTable classes_;
  OperatorUses operators_;
};

}  // namespace upmem_des
