#include "simulation/work_meter.hpp"

#include <utility>

namespace upmem_des {

void WorkMeter::start(At at, double now_s) {
  Device& device = devices_[at.step->piece(at.piece).stream];
  device.running = at;
  device.since_s = now_s;
  device.told = Stretch();
}

void WorkMeter::end(At at) {
  const CompiledStep::Piece& piece = at.step->piece(at.piece);
  Device& device = devices_[piece.stream];
  Stretch all;
  for (const auto& [slot, times] : piece.totals)
    for (const Step& step : at.step->demand(slot)) append(all, stretch_of(step), times);
  append(device.done, all - device.told);
  device.running = At();
}

Stretch WorkMeter::take(DeviceIndex index, double now_s) {
  Device& device = devices_[index];
  if (device.running.step != nullptr) {
    // What of the piece that runs has been drawn by now.
    const LoadedStep& step = *device.running.step;
    double elapsed_s = now_s - device.since_s;
    Stretch by_now;
    for (const CompiledStep::Part& part : step.piece(device.running.piece).parts)
      for (const Step& of_demand : step.demand(part.slot)) {
        if (elapsed_s <= 0) break;
        append(by_now, drawn(platform_.devices[index], stretch_of(of_demand), elapsed_s));
        elapsed_s -= of_demand.time_s();
      }
    append(device.done, by_now - device.told);
    device.told = by_now;
  }
  return std::exchange(device.done, Stretch());
}

}  // namespace upmem_des
