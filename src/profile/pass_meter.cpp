#include "profile/pass_meter.hpp"

namespace upmem_des {

void PassMeter::start(Phase phase) {
  phase_ = phase;
  energy_before_ = rapl_.read();
  start_ = std::chrono::steady_clock::now();
}

void PassMeter::stop() {
  const auto end = std::chrono::steady_clock::now();
  const std::optional<CpuEnergy> used = rapl_.between(energy_before_, rapl_.read());
  MeasuredPhase& phase = phases_[static_cast<std::size_t>(phase_)];
  phase.time_s += std::chrono::duration<double>(end - start_).count();
  ++phase.passes;
  if (!used) {
    counter_failed_ = true;
    return;
  }
  if (!phase.energy) phase.energy.emplace();
  phase.energy->package_J += used->package_J;
  phase.energy->dram_J += used->dram_J;
}

void PassMeter::fill(ProfileReply& reply) const {
  reply.phases = phases_;
  reply.no_energy = rapl_.problem();
  if (!counter_failed_) return;
  for (MeasuredPhase& phase : reply.phases) phase.energy.reset();
  if (reply.no_energy.empty()) reply.no_energy = lost_counter;
}

}  // namespace upmem_des
