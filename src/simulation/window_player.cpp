#include "simulation/window_player.hpp"

#include <algorithm>
#include <vector>

#include "simulation/exactness.hpp"

namespace upmem_des {

void WindowPlayer::play(const Window& window) {
  // SimGrid's communications have a largest size.
  std::int64_t most = 1;
  for (DeviceIndex i = 0; i < window.devices.size(); ++i)
    most = std::max(most, communications_of(memory_bytes_of(*machine_.device(i).spec, window.devices[i])));
  for (const double bytes : window.links_B) most = std::max(most, communications_of(bytes));
  const auto parts = static_cast<double>(most);
  for (std::int64_t part = 0; part < most; ++part) {
    const double end_s =
        part + 1 == most ? window.end_s
                         : window.start_s + (window.end_s - window.start_s) * (static_cast<double>(part) + 1) / parts;
    const double now_s = simgrid::s4u::Engine::get_clock();
    activities_.expect_end(end_s);
    std::vector<simgrid::s4u::ActivityPtr> started;
    for (DeviceIndex i = 0; i < window.devices.size(); ++i)
      activities_.start(i, window.devices[i].divided_by(parts), started);
    for (LinkIndex i = 0; i < window.links_B.size(); ++i) {
      const double bytes = window.links_B[i] / parts;
      const double span_s = end_s - now_s;
      if (machine_.meter(i) == nullptr || bytes <= 0 || span_s <= 0) continue;
      // As slow as the span allows: the longer a communication lasts, the less the clock's rounding is of its energy.
      // Of a few bytes what SimGrid rounds to whole ones of its own would else make the window longer.
      machine_.pace(i)->set_bandwidth(counted_bytes(bytes) * sim_bytes_per_byte / span_s);
      started.push_back(start_comm(machine_.meter(i), machine_.meter(i), bytes));
    }
    for (const simgrid::s4u::ActivityPtr& activity : started) activity->wait();
    activities_.sleep_until(end_s);
  }
}

}  // namespace upmem_des
