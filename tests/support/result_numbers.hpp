/// Results as lists of numbers with names, to compare runs that have to be equal.
#pragma once

#include <algorithm>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "upmem_des/result/simulation_result.hpp"
#include "upmem_des/trace/layer_event.hpp"
#include "util/number_text.hpp"

namespace upmem_des::test {

struct ResultNumber {
  std::string name;
  double value = 0;
  double rounding = 0;  ///< below which a difference is that of the clock's last digit
};

constexpr double half_sim_byte = 0x1p-21;

inline std::vector<ResultNumber> numbers_of(const SimulationResult& result) {
  std::vector<ResultNumber> numbers;
  const auto put = [&](const std::string& name, double value, double rounding = 0) {
    numbers.push_back({name, value, rounding});
  };
  // A short transfer lasts a few digits of the clock, and so long its link draws power: a million times the last digit
  // of the run's time at the power of all links. And SimGrid counts in 2^-20 bytes, to which it rounds what a window or
  // a piece of work asks for: a link that has a few bytes in each of up to 16 windows shows it.
  double links_J = 0;
  const auto link_rounding_J = [&](const LinkResult& link) {
    if (link.total_moved_B() <= 0) return 0.0;
    const double rounding_B = 1e-12 * result.time_s * link.bandwidth_Bps + 16 * half_sim_byte;
    return rounding_B * link.total_energy_J() / link.total_moved_B();
  };
  for (const LinkResult& link : result.links) links_J += link_rounding_J(link);
  // As long is that on the slowest link: SimGrid rounds what is left of a transfer whenever its rate changes, which
  // pieces of collectives that pass the host do at each other's ends; and the clock's digits are those of above.
  double links_s = 1e-12 * result.time_s;
  for (const LinkResult& link : result.links)
    if (link.total_moved_B() > 0) links_s = std::max(links_s, 16 * half_sim_byte / link.bandwidth_Bps);
  // So does a device that hardly has anything to read, in 16 pieces of an event that is cut.
  double J_per_byte = 0;
  for (const EventClass& events : result.event_classes)
    if (events.cost.memory_bytes > 0)
      J_per_byte = std::max(J_per_byte, events.cost.energy.main_mem_J / events.cost.memory_bytes);
  const auto put_energy = [&](const std::string& name, const EnergyParts& energy, std::int64_t of_events) {
    put(name + " host_to_device_J", energy.host_to_device_J, links_J);
    put(name + " device_to_host_J", energy.device_to_host_J, links_J);
    put(name + " device_to_device_J", energy.device_to_device_J, links_J);
    put(name + " main_mem_J", energy.main_mem_J, 16 * half_sim_byte * J_per_byte * static_cast<double>(of_events));
    // A phase's is the difference of two readings of SimGrid's meters.
    put(name + " compute_J", energy.compute_J, 1e-14 * result.energy_J());
    put(name + " active_J", energy.active_J, 1e-14 * result.energy_J());
    put(name + " idle_J", energy.idle_J);
  };
  const auto put_busy = [&](const std::string& name, const BusyTimes& busy, double clock_s = 0) {
    const double rounding = clock_s + links_s;
    put(name + " host_to_device_s", busy.host_to_device_s, rounding);
    put(name + " device_to_host_s", busy.device_to_host_s, rounding);
    put(name + " device_to_device_s", busy.device_to_device_s, rounding);
    put(name + " compute_s", busy.compute_s);
    put(name + " mem_transfer_s", busy.mem_transfer_s);
    put(name + " kv_load_s", busy.kv_load_s);
  };
  const auto put_moved = [&](const std::string& name, const MovedBytes& moved) {
    put(name + " host_to_device_B", moved.host_to_device_B);
    put(name + " device_to_host_B", moved.device_to_host_B);
    put(name + " device_to_device_B", moved.device_to_device_B);
  };
  put("time_s", result.time_s);
  put("events", static_cast<double>(result.events));
  for (std::size_t p = 0; p < phase_count; ++p) {
    const std::string name = p == 0 ? "prefill" : "decode";
    const PhaseResult& phase = result.phases[p];
    put(name + " time_s", phase.time_s);
    put(name + " events", static_cast<double>(phase.events));
    put_energy(name, phase.energy, phase.events);
    put(name + " peak W", phase.peak_power_W.value());
    put_busy(name, phase.busy);
    put_moved(name, phase.moved);
  }
  for (const DeviceResult& device : result.devices) {
    put(device.name + " events", static_cast<double>(device.events));
    put_energy(device.name + " prefill", device.phase_energy[0], device.events);
    put_energy(device.name + " decode", device.phase_energy[1], device.events);
    put_energy(device.name, device.energy, device.events);
    put(device.name + " prefill peak W", device.phase_peak_power_W[0].value());
    put(device.name + " decode peak W", device.phase_peak_power_W[1].value());
    for (std::size_t p = 0; p < phase_count; ++p) {
      // Steps that are pieces of their own, and transfers, are by the clock; and what does not work may communicate.
      const TimeUse& use = device.phase_use[p].value();
      const double rounding = links_s + 1e-9 * result.phases[p].time_s;
      const std::string name = device.name + (p == 0 ? " prefill " : " decode ");
      put(name + "compute", use.compute_s, rounding);
      put(name + "memory", use.memory_s, rounding);
      put(name + "overhead", use.overhead_s, rounding);
      put(name + "communication", use.communication_s, rounding);
      put(name + "waiting", use.waiting_s, rounding);
    }
    put_busy(device.name, device.busy);
    put_moved(device.name, device.moved);
  }
  for (const LinkResult& link : result.links)
    for (std::size_t p = 0; p < phase_count; ++p) {
      put(link.name + " J", link.energy_J[p], link_rounding_J(link));
      put(link.name + " B", link.moved_B[p]);
    }
  for (const EventClass& events : result.event_classes) {
    const std::string name = events.type.str() + "/" + events.name.str();
    const double count = static_cast<double>(events.count);
    put(name + " count", count);
    // An event that waits for transfers is timed by the clock, which each of its pieces, 16 of an event in chunks or
    // parts, may have kept waiting for half of SimGrid's bytes.
    const double bytes = events.cost.memory_bytes;
    const double s_per_byte = bytes > 0 ? (events.cost.busy.mem_transfer_s + events.cost.busy.kv_load_s) / bytes : 0;
    put(name + " time_s", events.cost.time_s,
        1e-15 * result.time_s * (1 + count) + 16 * half_sim_byte * s_per_byte * count + links_s);
    put_energy(name, events.cost.energy, 0);
    // A collective is many transfers, each from one reading of the clock to another.
    put_busy(name, events.cost.busy, 1e-14 * result.time_s * (1 + count));
    put_moved(name, events.cost.moved);
  }
  for (const OperatorUse& use : result.operators) {
    const std::string name = "operator " + use.type.str() + "/" + use.name.str();
    put(name + " time_s", use.time_s);
    put(name + " J", use.energy_J);
  }
  return numbers;
}

/// Each number that differs by more than 1e-9 of the larger, a line each; empty where the results are equal.
inline std::string differences(const std::vector<ResultNumber>& one, const std::vector<ResultNumber>& other) {
  if (one.size() != other.size()) return "not the same numbers";
  std::string text;
  for (std::size_t i = 0; i < one.size(); ++i) {
    const double largest = std::max(std::abs(one[i].value), std::abs(other[i].value));
    const bool equal = std::abs(one[i].value - other[i].value) <= 1e-9 * largest + one[i].rounding;
    if (one[i].name != other[i].name || !equal)
      text += one[i].name + ": " + number_text(one[i].value) + ", " + other[i].name + ": " +
              number_text(other[i].value) + "\n";
  }
  return text;
}

/// Numbers as lines, and back.
inline std::string text_of(const std::vector<ResultNumber>& numbers) {
  std::string text;
  for (const ResultNumber& number : numbers)
    text += number_text(number.value) + " " + number_text(number.rounding) + " " + number.name + "\n";
  return text;
}

inline std::vector<ResultNumber> numbers_from(const std::string& text) {
  std::vector<ResultNumber> numbers;
  std::istringstream in(text);
  ResultNumber number;
  while (in >> number.value >> number.rounding && std::getline(in.ignore(), number.name)) numbers.push_back(number);
  return numbers;
}

}  // namespace upmem_des::test
