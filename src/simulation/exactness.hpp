/// What keeps SimGrid's clock and energies within 1e-9 of the formulas, whatever the scale. SimGrid is made for
/// milliseconds to hours; layers can take less than a nanosecond. Four things:
///
/// 1. Its timing precision grows with the clock (ClockPrecision).
/// 2. An activity lasts what the clock's rounding makes of its time (clock_span_s()), and its rate is chosen so that
/// its
///    energy is exact all the same; `headroom` is what a rate may be higher by.
/// 3. Sizes are counted in small parts of a byte (sim_bytes_per_byte), and cut where these overflow.
/// 4. Links have no latency: it passes before a communication starts (Activities::sleep_until()), as the energy plugin
///    would otherwise take it for transfer time.
#pragma once

#include <cstdint>
#include <simgrid/s4u.hpp>

namespace upmem_des {

/// SimGrid ends activities whose end is nearer than its timing precision, so it must be far below the shortest event;
/// and it must not be below what a double can tell at the present time, or an end may be missed. A fixed value cannot
/// serve runs of nanoseconds and of hours alike, so it grows with the clock. One object for all actors of a run: the
/// precision is SimGrid's, and must cover whichever activity ends last.
class ClockPrecision {
 public:
  /// Sets the finest precision.
  ClockPrecision();
  ClockPrecision(const ClockPrecision&) = delete;
  ClockPrecision& operator=(const ClockPrecision&) = delete;

  /// To be called before an activity is started that ends at `end_s`.
  void cover(double end_s) {
    if (end_s > covered_s_) widen(end_s);
  }

 private:
  void widen(double end_s);

  double covered_s_ = 0;
};

/// How much later than now the clock will read after `time_s`: doubles are coarser far from 0 than near it.
double clock_span_s(double time_s);

/// SimGrid's hosts, and links that have a pace, are a little faster than the platform's, at the same energy for each
/// flop and byte. An activity is as long as the clock's rounding makes it, and where that is a little short, the rate
/// must be a little higher for the energy to be exact.
inline constexpr double headroom = 1.001;

/// SimGrid's communications are of a whole number of bytes. Ours need not be (int4 has half bytes, a share of a block's
/// outputs any fraction), so SimGrid's bytes are 2^-20 of ours: link bandwidths and sizes are multiplied by this.
inline constexpr double sim_bytes_per_byte = 1048576;

/// A size as SimGrid counts it: a whole number of its bytes, which are a small part of ours.
double counted_bytes(double size_B);

/// The number of communications that a size is cut into, so that each fits SimGrid's 64 bits. Throws SimulationError
/// for a size that would take millions of them.
std::int64_t communications_of(double size_B);

/// A communication of `size_B` bytes from now on, as fast as the links between the hosts allow; null for 0 bytes.
simgrid::s4u::CommPtr start_comm(simgrid::s4u::Host* from, simgrid::s4u::Host* to, double size_B);

}  // namespace upmem_des
