/// Time and energy of forward passes on this machine.
#pragma once

#include <array>
#include <chrono>
#include <utility>

#include "profile/profile_reply.hpp"
#include "profile/rapl.hpp"

namespace upmem_des {

/// Why there is no energy, where a counter failed in between.
inline constexpr const char* lost_counter = "an energy counter could not be read while the network ran";

/// Adds up passes by phase: start() just before one, stop() just after it. A pass that is not stopped does not count.
class PassMeter {
 public:
  explicit PassMeter(Rapl rapl = Rapl()) : rapl_(std::move(rapl)) {}

  void start(Phase phase);
  void stop();

  /// Fills phases and no_energy. A phase without passes has no energy; where a counter failed in between, no phase has.
  void fill(ProfileReply& reply) const;

 private:
  Rapl rapl_;
  RaplReading energy_before_;
  std::chrono::steady_clock::time_point start_;
  Phase phase_ = Phase::Prefill;
  std::array<MeasuredPhase, phase_count> phases_;
  bool counter_failed_ = false;
};

}  // namespace upmem_des
