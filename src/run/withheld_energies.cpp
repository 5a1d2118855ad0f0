#include "run/withheld_energies.hpp"

#include "upmem_des/util/stated.hpp"

namespace upmem_des {

namespace {

void withhold(std::optional<double>& power_W) {
  if (power_W) power_W = not_stated;
}

void withhold(DeviceResult& device) {
  device.energy = EnergyParts::not_stated();
  device.phase_energy.fill(EnergyParts::not_stated());
  for (std::optional<double>& peak_W : device.phase_peak_power_W) withhold(peak_W);
}

}  // namespace

void withhold_energies(const StatedEnergies& stated, SimulationResult& result) {
  if (stated.all()) return;
  for (const auto& [architecture, keys] : stated.gaps()) result.energy_gaps.push_back({architecture, keys});
  for (PhaseResult& phase : result.phases) {
    phase.energy = EnergyParts::not_stated();
    withhold(phase.peak_power_W);
  }
  for (EventClass& events : result.event_classes) events.cost.energy = EnergyParts::not_stated();
  std::vector<bool> states_none(result.architectures.size());
  for (std::size_t i = 0; i < result.devices.size(); ++i) {
    if (stated.of_device(i)) continue;
    withhold(result.devices[i]);
    if (result.devices[i].architecture < states_none.size()) states_none[result.devices[i].architecture] = true;
  }
  for (std::size_t i = 0; i < result.links.size(); ++i)
    if (!stated.of_link(i)) result.links[i].energy_J.fill(not_stated);
  for (OperatorUse& use : result.operators)
    if (states_none[use.architecture]) use.energy_J = not_stated;
}

void EventsWithoutEnergy::on_event(const EventRecord& record) {
  EventCost cost = record.cost;
  cost.energy = EnergyParts::not_stated();
  observer_.on_event({record.event, record.device, record.phase, record.start_s, record.end_s, cost});
}

ActivityRecord StatedActivities::told(ActivityRecord activity) const {
  const bool is_stated = activity.kind == ActivityKind::Compute ? stated_.of_device(activity.stream)
                                                                : stated_.of_route(platform_.routes[activity.stream]);
  if (!is_stated) activity.energy_J = not_stated;
  return activity;
}

void StatedActivities::on_start(const ActivityRecord& activity) {
  observer_.on_start(told(activity));
}

void StatedActivities::on_end(const ActivityRecord& activity) {
  observer_.on_end(told(activity));
}

void StatedActivities::on_use(const ResourceUse& use) {
  const bool is_stated =
      use.resource == Resource::Route ? stated_.of_route(platform_.routes[use.index]) : stated_.of_device(use.index);
  ResourceUse told = use;
  if (!is_stated) told.energy_J = not_stated;
  observer_.on_use(told);
}

}  // namespace upmem_des
