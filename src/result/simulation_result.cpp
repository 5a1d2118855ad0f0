#include "upmem_des/result/simulation_result.hpp"

#include <algorithm>

#include "upmem_des/util/stated.hpp"

namespace upmem_des {

TimeUse& TimeUse::operator+=(const TimeUse& other) {
  compute_s += other.compute_s;
  memory_s += other.memory_s;
  overhead_s += other.overhead_s;
  communication_s += other.communication_s;
  waiting_s += other.waiting_s;
  return *this;
}

TimeUse operator*(TimeUse each, double times) {
  for (double* part : {&each.compute_s, &each.memory_s, &each.overhead_s, &each.communication_s, &each.waiting_s})
    *part *= times;
  return each;
}

EnergyParts EnergyParts::not_stated() {
  constexpr double none = upmem_des::not_stated;
  return {none, none, none, none, none, none, none};
}

EnergyParts& EnergyParts::operator+=(const EnergyParts& other) {
  host_to_device_J += other.host_to_device_J;
  device_to_host_J += other.device_to_host_J;
  device_to_device_J += other.device_to_device_J;
  main_mem_J += other.main_mem_J;
  compute_J += other.compute_J;
  idle_J += other.idle_J;
  active_J += other.active_J;
  return *this;
}

EnergyParts operator-(const EnergyParts& a, const EnergyParts& b) {
  EnergyParts difference;
  difference.host_to_device_J = a.host_to_device_J - b.host_to_device_J;
  difference.device_to_host_J = a.device_to_host_J - b.device_to_host_J;
  difference.device_to_device_J = a.device_to_device_J - b.device_to_device_J;
  difference.main_mem_J = a.main_mem_J - b.main_mem_J;
  difference.compute_J = a.compute_J - b.compute_J;
  difference.idle_J = a.idle_J - b.idle_J;
  difference.active_J = a.active_J - b.active_J;
  return difference;
}

BusyTimes& BusyTimes::operator+=(const BusyTimes& other) {
  host_to_device_s += other.host_to_device_s;
  device_to_host_s += other.device_to_host_s;
  device_to_device_s += other.device_to_device_s;
  compute_s += other.compute_s;
  mem_transfer_s += other.mem_transfer_s;
  kv_load_s += other.kv_load_s;
  return *this;
}

MovedBytes& MovedBytes::operator+=(const MovedBytes& other) {
  host_to_device_B += other.host_to_device_B;
  device_to_host_B += other.device_to_host_B;
  device_to_device_B += other.device_to_device_B;
  return *this;
}

EnergyParts operator*(const EnergyParts& each, double times) {
  return {each.host_to_device_J * times, each.device_to_host_J * times, each.device_to_device_J * times,
          each.main_mem_J * times,       each.compute_J * times,        each.idle_J * times,
          each.active_J * times};
}

BusyTimes operator*(const BusyTimes& each, double times) {
  return {each.host_to_device_s * times, each.device_to_host_s * times, each.device_to_device_s * times,
          each.compute_s * times,        each.mem_transfer_s * times,   each.kv_load_s * times};
}

MovedBytes operator*(const MovedBytes& each, double times) {
  return {each.host_to_device_B * times, each.device_to_host_B * times, each.device_to_device_B * times};
}

EventCost operator*(const EventCost& each, double times) {
  return {each.time_s * times, each.energy * times, each.busy * times,
          each.moved * times,  each.flop * times,   each.memory_bytes * times};
}

EventCost& EventCost::operator+=(const EventCost& other) {
  time_s += other.time_s;
  energy += other.energy;
  busy += other.busy;
  moved += other.moved;
  flop += other.flop;
  memory_bytes += other.memory_bytes;
  return *this;
}

namespace {

/// One that is not there is below all that are; one that is not stated may be above.
std::optional<double> highest(const std::optional<double>& a, const std::optional<double>& b) {
  return b && !is_stated(*b) ? b : std::max(a, b);
}

}  // namespace

double LinkResult::utilisation(double elapsed_s) const {
  const double capacity_B = bandwidth_Bps * elapsed_s;
  return capacity_B > 0 ? total_moved_B() / capacity_B : 0;
}

std::optional<double> DeviceResult::peak_power_W() const {
  return highest(phase_peak_power_W[0], phase_peak_power_W[1]);
}

std::optional<double> SimulationResult::peak_power_W() const {
  return highest(phases[0].peak_power_W, phases[1].peak_power_W);
}

double SimulationResult::time_per_output_token_s() const {
  return forward_passes > 1 ? phase(Phase::Decode).time_s / static_cast<double>(forward_passes - 1) : 0;
}

double SimulationResult::tokens_per_s() const {
  const double time = phase(Phase::Decode).time_s;
  return time > 0 ? static_cast<double>(decode_tokens()) / time : 0;
}

double SimulationResult::energy_per_token_J() const {
  const auto tokens = static_cast<double>(decode_tokens());
  return tokens > 0 ? phase(Phase::Decode).energy.total_J() / tokens : 0;
}

double SimulationResult::energy_per_generated_token_J() const {
  const std::int64_t tokens = generated_tokens();
  return tokens > 0 ? energy_J() / static_cast<double>(tokens) : 0;
}

}  // namespace upmem_des
