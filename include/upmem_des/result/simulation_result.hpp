/// What a simulation found, as plain data. SI units: s, J, W, bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "upmem_des/number/number_format.hpp"
#include "upmem_des/operation/operator_class.hpp"
#include "upmem_des/price/cost_report.hpp"
#include "upmem_des/result/event_record.hpp"
#include "upmem_des/trace/phase.hpp"
#include "upmem_des/util/name.hpp"

namespace upmem_des {

/// Prefill or decode. Time is SimGrid's clock, energy is what its plugins integrated; busy times are sums over devices.
struct PhaseResult {
  double time_s = 0;
  EnergyParts energy;
  BusyTimes busy;
  MovedBytes moved;
  std::int64_t events = 0;
  std::optional<double> peak_power_W{};  ///< of the whole machine; none in results of earlier programs

  /// Mean power; 0 where no time passed.
  double power_W() const { return time_s > 0 ? energy.total_J() / time_s : 0; }
};

/// The most that a device has to hold at any time, bytes.
struct MemoryUse {
  double weights_B = 0;
  double kv_cache_B = 0;
  double activations_B = 0;          ///< the largest input and output of one event
  double streams_B = 0;              ///< room for what comes from where it is kept
  std::optional<double> capacity_B;  ///< none: the profile does not say

  /// All that it has to hold, bytes.
  double total_B() const { return weights_B + kv_cache_B + activations_B + streams_B; }
};

/// A link over the whole run, by phase.
struct LinkResult {
  std::string name;
  std::string kind;                  ///< "host_to_device", "device_to_host", "device_to_device"
  std::optional<std::size_t> owner;  ///< index into SimulationResult::devices, whose energy has this link's in it
  double bandwidth_Bps = 0;
  std::array<double, phase_count> energy_J{};
  std::array<double, phase_count> moved_B{};

  /// Of both phases, J.
  double total_energy_J() const { return energy_J[0] + energy_J[1]; }
  /// Of both phases, bytes.
  double total_moved_B() const { return moved_B[0] + moved_B[1]; }
  /// Share of what the link could move in `elapsed_s`; 0 where that is nothing or without bound.
  double utilisation(double elapsed_s) const;
};

/// What devices of one profile reach, as the run's cost model rates them.
struct ArchitectureResult {
  std::string name;          ///< "PIM_AI_4chip"; where a platform changes some devices of a profile, "PIM_AI_4chip #2"
  std::int64_t devices = 0;  ///< of the run that have it
  double flops_per_s = 0;
  double memory_Bps = 0;
};

/// All work of one type, name and phase on devices of one profile: a point under that profile's roofline.
struct OperatorUse {
  std::size_t architecture = 0;  ///< index into SimulationResult::architectures
  EventKind kind = EventKind::Layer;
  Name type;
  Name name;
  Phase phase = Phase::Prefill;
  OperatorClass operator_class = OperatorClass::Other;
  std::int64_t count = 0;  ///< pieces of work: an event on 24 devices is 24 of them
  double time_s = 0;       ///< sum over pieces of overhead and the larger of arithmetic and memory
  double compute_s = 0;    ///< of arithmetic alone
  double memory_s = 0;     ///< of memory traffic alone
  double flop = 0;
  double memory_bytes = 0;  ///< weights, activations and KV cache
  double energy_J = 0;      ///< of arithmetic and memory
};

/// What a device's time of a phase went into. At each time the first of these that holds: launching a task (overhead),
/// its arithmetic works (compute), a task goes on whose arithmetic does not work (memory), a transfer to or from the
/// device is under way (communication), nothing (waiting). They add up to the phase's time.
struct TimeUse {
  double compute_s = 0;
  double memory_s = 0;
  double overhead_s = 0;
  double communication_s = 0;
  double waiting_s = 0;

  /// All of them together, s.
  double total_s() const { return compute_s + memory_s + overhead_s + communication_s + waiting_s; }
  TimeUse& operator+=(const TimeUse& other);
  friend TimeUse operator+(TimeUse one, const TimeUse& other) { return one += other; }
  friend TimeUse operator*(TimeUse each, double times);
};

/// A device over the whole run. Transfers count at the accelerator that they go to or come from, one between two
/// accelerators at both. The energy is that of the device and of the links that it owns.
struct DeviceResult {
  std::string name;
  std::size_t architecture = 0;  ///< index into SimulationResult::architectures
  EnergyParts energy;
  std::array<EnergyParts, phase_count> phase_energy;  ///< they add up to `energy`, but for rounding
  BusyTimes busy;
  MovedBytes moved;
  std::int64_t events = 0;  ///< that the device had a part in
  MemoryUse memory;
  /// Idle power and the links that it owns included; none in results of earlier programs.
  std::array<std::optional<double>, phase_count> phase_peak_power_W{};

  std::array<std::optional<TimeUse>, phase_count> phase_use{};  ///< none in results of earlier programs

  /// Of the whole run.
  std::optional<double> peak_power_W() const;
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

/// How devices have carried out a collective.
struct CollectiveUse {
  std::string collective;  ///< "all-reduce"
  std::string devices;     ///< "gpu[0..7]"
  std::string algorithm;   ///< "hierarchical (ring, then direct)"
  double least_B = 0;      ///< sizes of the tensors
  double most_B = 0;
};

/// What was run, so that a result says where it comes from.
struct WhatWasRun {
  std::string program;  ///< its version; empty in results of earlier programs
  std::string inputs;   ///< digest of all that decides the numbers; empty where nobody asked for it
  std::vector<std::int64_t> prompt_tokens{};    ///< of each row where they differ, else one number; empty of a trace
  std::optional<std::int64_t> output_tokens{};  ///< none of a trace
  std::vector<std::pair<std::string, std::string>> mapping{};   ///< "decode.layers.0..15": "dimm[0..7],t"
  std::vector<std::pair<std::string, std::string>> settings{};  ///< that the command line changed
  std::vector<std::pair<std::string, std::string>> requests{};  ///< "prompt_tokens.fixed": "512"; of what is served
};

/// How long the same takes on a machine of which one thing is faster.
struct WhatIf {
  std::string what;   ///< a key of simulation.faster: "memory", "arithmetic", "links"
  double factor = 2;  ///< how many times as fast
  double time_s = 0;
  std::array<double, phase_count> phase_time_s{};
};

/// A device that does not state what energy it draws, so that nobody can say what the machine does.
struct EnergyGap {
  std::string architecture;       ///< "my_card"
  std::vector<std::string> keys;  ///< that its profile lacks: "mem_pj_per_bit"
};

/// What a run of a batch found. Energies and powers of devices that state none, and of what they have a part in, are
/// `not_stated` (upmem_des/util/stated.hpp).
struct SimulationResult {
  std::string scenario;  ///< its name with what the command line changed
  WhatWasRun what_was_run{};
  std::string model;
  std::string cost_model;
  std::string schedule;
  /// Events that the cost model has no rule for, and what was done with them: "memory" or "skip".
  struct UnknownEvents {
    std::string handling;
    std::int64_t events = 0;
    std::vector<std::string> types;  ///< sorted
  };
  UnknownEvents unknown;
  NumberFormat dtype = NumberFormat::bfloat16;         ///< of activations, and of weights with no format of their own
  NumberFormat weight_dtype = NumberFormat::bfloat16;  ///< of linear layers' weights
  /// Do all accelerators, or HOST where there are none, reach their peaks? None under a cost model that does not ask,
  /// and in results of earlier programs.
  std::optional<bool> all_devices_ideal{};
  std::vector<EnergyGap> energy_gaps{};  ///< in the order of the first device that has each
  std::int64_t batch = 1;
  double time_s = 0;
  std::int64_t forward_passes = 0;
  std::int64_t events = 0;
  std::array<PhaseResult, phase_count> phases;
  std::vector<DeviceResult> devices;  ///< HOST first
  std::vector<LinkResult> links;      ///< energies of all devices and of all links without an owner add up to the total
  std::vector<CollectiveUse> collectives;         ///< in the order in which they first occurred
  std::vector<EventClass> event_classes;          ///< in the order in which they first occurred
  std::vector<ArchitectureResult> architectures;  ///< in the order of the first device that has it
  std::vector<OperatorUse>
      operators;  ///< in the order in which they first occurred; pieces of work with flop or bytes or time
  std::vector<WhatIf> what_if{};     ///< where somebody asked
  std::optional<CostReport> cost{};  ///< where the scenario asks for it

  /// Of one phase.
  const PhaseResult& phase(Phase which) const { return phases[static_cast<std::size_t>(which)]; }
  /// Of one phase.
  PhaseResult& phase(Phase which) { return phases[static_cast<std::size_t>(which)]; }

  /// Of the whole machine over the whole run, J.
  double energy_J() const { return phases[0].energy.total_J() + phases[1].energy.total_J(); }
  /// Mean power of the run, W; 0 where no time passed.
  double power_W() const { return time_s > 0 ? energy_J() / time_s : 0; }
  /// The highest power that the whole machine draws at any time; none in results of earlier programs.
  std::optional<double> peak_power_W() const;

  /// A token for each row of the batch and each forward pass.
  std::int64_t generated_tokens() const { return forward_passes * batch; }
  /// Those of the decode phase: all but the first, which prefill gives.
  std::int64_t decode_tokens() const { return forward_passes > 1 ? (forward_passes - 1) * batch : 0; }
  /// From the beginning to the end of the step that gives every sequence its first token.
  double time_to_first_token_s() const { return phase(Phase::Prefill).time_s; }
  /// Mean of the steps after that, each of which gives every sequence one; 0 where there are none.
  double time_per_output_token_s() const;
  /// Decode tokens over decode time; 0 where there are none.
  double tokens_per_s() const;
  /// Decode energy over decode tokens; 0 where there are none.
  double energy_per_token_J() const;
  /// All energy over all generated tokens, prefill and its token included; 0 where there are none.
  double energy_per_generated_token_J() const;
};

}  // namespace upmem_des
