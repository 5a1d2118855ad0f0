/// What a simulation found, as plain data. SI units: s, J, W, bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "result/event_record.hpp"
#include "trace/layer_event.hpp"
#include "util/data_type.hpp"

namespace upmem_des {

/// Prefill or decode. Time is SimGrid's clock, energy is what its plugins integrated.
struct PhaseResult {
  double time_s = 0;
  EnergyParts energy;
  BusyTimes busy;
  MovedBytes moved;
  std::int64_t events = 0;

  /// Mean power; 0 where no time passed.
  double power_W() const { return time_s > 0 ? energy.total_J() / time_s : 0; }
};

/// A device over the whole run. Transfers count at the accelerator that they go to or come from.
struct DeviceResult {
  std::string name;
  EnergyParts energy;
  BusyTimes busy;
  MovedBytes moved;
  std::int64_t events = 0;
};

/// All events of one type, name and phase. Energy here is what the cost model's formulas give each event: SimGrid's
/// plugins know devices and links, not events. The sums agree.
struct EventClass {
  EventKind kind = EventKind::Layer;
  Name type;
  Name name;
  Phase phase = Phase::Prefill;
  std::int64_t count = 0;
  EventCost cost;
};

struct SimulationResult {
  std::string scenario;
  std::string model;
  std::string cost_model;
  std::string schedule;
  DataType dtype = DataType::bfloat16;
  std::int64_t batch = 1;
  double time_s = 0;
  std::int64_t forward_passes = 0;
  std::int64_t events = 0;
  std::array<PhaseResult, phase_count> phases;
  std::vector<DeviceResult> devices;
  std::vector<EventClass> event_classes;  ///< in the order in which they first occurred

  const PhaseResult& phase(Phase which) const { return phases[static_cast<std::size_t>(which)]; }
  PhaseResult& phase(Phase which) { return phases[static_cast<std::size_t>(which)]; }

  double energy_J() const { return phases[0].energy.total_J() + phases[1].energy.total_J(); }
  double power_W() const { return time_s > 0 ? energy_J() / time_s : 0; }

  /// A token for each row of the batch and each forward pass.
  std::int64_t generated_tokens() const { return forward_passes * batch; }
  /// Those of the decode phase: all but the first, which prefill gives.
  std::int64_t decode_tokens() const { return forward_passes > 1 ? (forward_passes - 1) * batch : 0; }
  /// Decode tokens over decode time; 0 where there are none.
  double tokens_per_s() const;
  /// Decode energy over decode tokens; 0 where there are none.
  double energy_per_token_J() const;
};

}  // namespace upmem_des
