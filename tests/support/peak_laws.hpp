/// What holds for the peak power of every run.
#pragma once

#include <string>

#include "upmem_des/result/simulation_result.hpp"
#include "util/number_text.hpp"

namespace upmem_des::test {

/// Which law a result breaks; "" where it breaks none. In each phase the peak is at least the mean; the machine's is at
/// least each device's with the idle power of the others, and at most the sum of all devices' and of what the links
/// that none of them owns draw at full bandwidth.
inline std::string broken_peak_law(const SimulationResult& result) {
  constexpr double rounding = 1e-9;
  const auto idle_W = [&](const DeviceResult& device) { return device.energy.idle_J / result.time_s; };
  const auto below = [](double least, double value) { return value < least * (1 - rounding); };
  double all_idle_W = 0;
  for (const DeviceResult& device : result.devices) all_idle_W += idle_W(device);
  for (std::size_t p = 0; p < phase_count; ++p) {
    const PhaseResult& phase = result.phases[p];
    const std::string name = p == 0 ? "prefill: " : "decode: ";
    const double peak_W = phase.peak_power_W.value();
    // The clock's last digit may be much of a phase that is next to nothing.
    if (phase.time_s <= 1e-6 * result.time_s) continue;
    if (below(phase.power_W(), peak_W))
      return name + "a peak of " + number_text(peak_W) + " W, a mean of " + number_text(phase.power_W()) + " W";
    double most_W = 0;
    for (const DeviceResult& device : result.devices) {
      const double device_W = device.phase_peak_power_W[p].value();
      // One of SimGrid's bytes, 2^-20 of ours, may be drawn in a phase in which a device does nothing.
      const double drawn_J = device.phase_energy[p].total_J();
      if (drawn_J > 1e-9 * result.energy_J() && below(drawn_J / phase.time_s, device_W))
        return name + device.name + " below its mean";
      if (below(device_W + all_idle_W - idle_W(device), peak_W)) return name + "below what " + device.name + " draws";
      most_W += device_W;
    }
    for (const LinkResult& link : result.links)
      if (!link.owner && link.total_moved_B() > 0)
        most_W += link.bandwidth_Bps * link.total_energy_J() / link.total_moved_B();
    if (below(peak_W, most_W)) return name + "above what devices and links can draw";
  }
  return "";
}

}  // namespace upmem_des::test
