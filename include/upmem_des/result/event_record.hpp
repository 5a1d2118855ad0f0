/// What one event took, and when.
#pragma once

#include <string>

#include "upmem_des/trace/phase.hpp"

namespace upmem_des {

struct LayerEvent;

/// Energy by part. main_mem covers weights, activations and the KV cache; active and idle are those of devices, not of
/// what they do: `active_W` while a device has work, `idle_W` always.
struct EnergyParts {
  double host_to_device_J = 0;
  double device_to_host_J = 0;
  double device_to_device_J = 0;
  double main_mem_J = 0;
  double compute_J = 0;
  double idle_J = 0;
  double active_J = 0;

  /// Of transfers, memory and arithmetic: what events draw.
  double of_events_J() const {
    return host_to_device_J + device_to_host_J + device_to_device_J + main_mem_J + compute_J;
  }
  /// With what devices draw always and while they have work.
  double total_J() const { return of_events_J() + active_J + idle_J; }
  static EnergyParts not_stated();  ///< all of them (upmem_des/util/stated.hpp)
  EnergyParts& operator+=(const EnergyParts& other);
  friend EnergyParts operator*(const EnergyParts& each, double times);
  friend EnergyParts operator-(const EnergyParts& a, const EnergyParts& b);
};

/// Time that each resource is at work, in full although some of it overlaps.
struct BusyTimes {
  double host_to_device_s = 0;
  double device_to_host_s = 0;
  double device_to_device_s = 0;
  double compute_s = 0;
  double mem_transfer_s = 0;  ///< weights and activations
  double kv_load_s = 0;

  BusyTimes& operator+=(const BusyTimes& other);
  friend BusyTimes operator*(const BusyTimes& each, double times);
};

/// Bytes over links, by where they went.
struct MovedBytes {
  double host_to_device_B = 0;
  double device_to_host_B = 0;
  double device_to_device_B = 0;

  MovedBytes& operator+=(const MovedBytes& other);
  friend MovedBytes operator*(const MovedBytes& each, double times);
};

/// What events take by the cost model's formulas and the links' figures.
struct EventCost {
  double time_s = 0;  ///< transfers, overhead and the larger of arithmetic and memory
  EnergyParts energy;
  BusyTimes busy;
  MovedBytes moved;
  double flop = 0;
  double memory_bytes = 0;  ///< weights, activations and KV cache

  EventCost& operator+=(const EventCost& other);
  friend EventCost operator*(const EventCost& each, double times);
};

/// An event in simulated time. What it refers to lives as long as the call that hands it out.
struct EventRecord {
  const LayerEvent* event = nullptr;  ///< null for the transfer that ends a run
  const std::string& device;
  Phase phase = Phase::Prefill;
  double start_s = 0;
  double end_s = 0;
  const EventCost& cost;
};

/// Told of every event in order of time, the final transfer included.
class EventObserver {
 public:
  EventObserver() = default;
  EventObserver(const EventObserver&) = delete;
  EventObserver& operator=(const EventObserver&) = delete;
  virtual ~EventObserver() = default;

  /// An event has ended.
  virtual void on_event(const EventRecord& record) = 0;
};

}  // namespace upmem_des
