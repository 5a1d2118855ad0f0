/// Keeps from results what nobody can say of a machine whose devices do not all state their energies.
#pragma once

#include "platform/stated_energies.hpp"
#include "upmem_des/result/activity_record.hpp"
#include "upmem_des/result/event_record.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// Energies and powers of devices that state none become `not_stated` (upmem_des/util/stated.hpp), with those of their
/// links and operators; and those of phases, classes of events and the whole, which all devices have a part in. Nothing
/// changes where all devices state theirs.
void withhold_energies(const StatedEnergies& stated, SimulationResult& result);

/// Passes events on without their energies.
class EventsWithoutEnergy : public EventObserver {
 public:
  explicit EventsWithoutEnergy(EventObserver& observer) : observer_(observer) {}
  void on_event(const EventRecord& record) override;

 private:
  EventObserver& observer_;
};

/// Passes activities on, without energies where their device or route states none.
class StatedActivities : public ActivityObserver {
 public:
  /// All three outlive it.
  StatedActivities(const PlatformSpec& platform, const StatedEnergies& stated, ActivityObserver& observer)
      : platform_(platform), stated_(stated), observer_(observer) {}

  void on_start(const ActivityRecord& activity) override;
  void on_use(const ResourceUse& use) override;
  void on_fetching(std::size_t device, double since_s) override { observer_.on_fetching(device, since_s); }
  void on_end(const ActivityRecord& activity) override;
  void on_prefill_end(double time_s) override { observer_.on_prefill_end(time_s); }
  void on_run_end(double time_s) override { observer_.on_run_end(time_s); }

 private:
  ActivityRecord told(ActivityRecord activity) const;

  const PlatformSpec& platform_;
  const StatedEnergies& stated_;
  ActivityObserver& observer_;
};

}  // namespace upmem_des
