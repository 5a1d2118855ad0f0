/// SimGrid communications of our sizes.
#pragma once

#include <cstdint>
#include <simgrid/s4u.hpp>

namespace upmem_des {

/// A communication of `size_B` bytes from now on, as fast as the links between the hosts allow; null for 0 bytes.
simgrid::s4u::CommPtr start_comm(simgrid::s4u::Host* from, simgrid::s4u::Host* to, double size_B);

/// A size as SimGrid counts it: a whole number of its bytes, which are a small part of ours.
double counted_bytes(double size_B);

/// The number of communications that a size is cut into, so that each fits SimGrid's 64 bits. Throws SimulationError
/// for a size that would take millions of them.
std::int64_t communications_of(double size_B);

}  // namespace upmem_des
