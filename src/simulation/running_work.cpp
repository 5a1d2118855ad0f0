#include "simulation/running_work.hpp"

#include "simulation/exactness.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

void RunningWork::start(const DeviceSpec& device, const LoadedStep::At& piece, double now_s) {
  piece_ = piece;
  start_s_ = now_s;
  is_running_ = true;
  most_W_ = 0;
  for (const auto& [slot, times] : piece.step->piece(piece.piece).totals)
    most_W_ = std::max(most_W_, piece.step->highest_power(slot).with(device.memory.power_W));
}

void RunningWork::start(const DeviceSpec& device, const Stretch& stretch, double now_s) {
  piece_ = {};
  single_ = stretch;
  start_s_ = now_s;
  is_running_ = true;
  most_W_ = highest_power(stretch).with(device.memory.power_W);
}

std::int64_t RunningWork::chunks(const DeviceSpec& device, const Stretch& stretch) {
  return communications_of(memory_bytes_of(device, stretch));
}

}  // namespace upmem_des
