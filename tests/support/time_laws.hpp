/// What holds for where the time of every device goes.
#pragma once

#include <cmath>
#include <string>

#include "upmem_des/result/simulation_result.hpp"
#include "util/number_text.hpp"

namespace upmem_des::test {

/// Which law a result breaks; "" where it breaks none. The parts of a phase add up to its time; those of arithmetic,
/// over both phases, to the time that the device's units work; memory takes at most as long as the memory works, and
/// communication as the transfers that count at the device.
inline std::string broken_time_law(const SimulationResult& result) {
  const double rounding_s = 1e-9 * result.time_s;
  for (const DeviceResult& device : result.devices) {
    TimeUse both;
    for (std::size_t p = 0; p < phase_count; ++p) {
      const TimeUse& use = device.phase_use[p].value();
      for (const double part_s : {use.compute_s, use.memory_s, use.overhead_s, use.communication_s, use.waiting_s})
        if (part_s < 0) return device.name + ": " + number_text(part_s) + " s";
      const double time_s = result.phases[p].time_s;
      if (std::abs(use.total_s() - time_s) > 1e-9 * time_s + 1e-12 * result.time_s)
        return device.name + ": parts of " + number_text(use.total_s()) + " s in a phase of " + number_text(time_s);
      both += use;
    }
    const BusyTimes& busy = device.busy;
    if (std::abs(both.compute_s - busy.compute_s) > rounding_s)
      return device.name + ": " + number_text(both.compute_s) + " s of arithmetic, busy for " +
             number_text(busy.compute_s);
    if (both.memory_s > busy.mem_transfer_s + busy.kv_load_s + rounding_s)
      return device.name + ": waits for memory for longer than it works";
    const double transfers_s = busy.host_to_device_s + busy.device_to_host_s + busy.device_to_device_s;
    if (&device != &result.devices.front() && both.communication_s > transfers_s + rounding_s)
      return device.name + ": communicates for longer than it has transfers";
  }
  return "";
}

}  // namespace upmem_des::test
