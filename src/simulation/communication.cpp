#include "simulation/communication.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "simulation/machine.hpp"
#include "util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace s4u = simgrid::s4u;

s4u::CommPtr start_comm(s4u::Host* from, s4u::Host* to, double size_B) {
  if (size_B <= 0) return nullptr;
  s4u::CommPtr comm = s4u::Comm::sendto_init();
  comm->set_payload_size(static_cast<std::uint64_t>(counted_bytes(size_B) * sim_bytes_per_byte));
  comm->set_source(from)->set_destination(to);
  return comm;
}

double counted_bytes(double size_B) {
  return std::max(1.0, std::round(size_B * sim_bytes_per_byte)) / sim_bytes_per_byte;
}

std::int64_t communications_of(double size_B) {
  constexpr double largest_B = 8e12;
  constexpr double most = 1e6;
  const double count = std::ceil(size_B / largest_B);
  if (!(count <= most))
    throw SimulationError(rounded_plain(size_B, 6) + " bytes at once are more than can be simulated");
  return std::max(std::int64_t{1}, static_cast<std::int64_t>(count));
}

}  // namespace upmem_des
