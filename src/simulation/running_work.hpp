/// What a lane of a device does at present, and the power that this draws.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "simulation/loaded_step.hpp"
#include "simulation/stretch.hpp"

namespace upmem_des {

struct DeviceSpec;

/// A stretch, or all steps of a piece, one after the other.
class RunningWork {
 public:
  /// Where somebody is who goes through the work.
  struct Walk {
    std::uint32_t part = 0;
    std::uint32_t step = 0;
    double start_s = 0;  ///< of that step
  };

  void start(const DeviceSpec& device, const LoadedStep::At& piece, double now_s);
  void start(const DeviceSpec& device, const Stretch& stretch, double now_s);
  void end() { is_running_ = false; }

  bool is_running() const { return is_running_; }
  double start_s() const { return start_s_; }
  /// The most that any of its steps draws, W.
  double most_W() const { return most_W_; }

  Walk begin() const { return {0, 0, start_s_}; }
  /// Calls `tell(start_s, end_s, power_W)` for all that draws power between two times, and maybe shortly before or
  /// after. Further calls with the same walk are for later times.
  template <class Tell>
  void draws(const DeviceSpec& device, Walk& walk, double from_s, double to_s, Tell&& tell) const {
    if (piece_.step == nullptr) {
      draws_of(device, single_, start_s_, from_s, to_s, tell);
      return;
    }
    const std::vector<CompiledStep::Part>& parts = piece_.step->piece(piece_.piece).parts;
    while (walk.part < parts.size() && walk.start_s <= to_s) {
      const Demand& demand = piece_.step->demand(parts[walk.part].slot);
      if (walk.step < demand.size()) {
        const Stretch stretch = stretch_of(demand[walk.step]);
        const double end_s = walk.start_s + stretch.time_s;
        if (end_s >= from_s) draws_of(device, stretch, walk.start_s, from_s, to_s, tell);
        if (end_s > to_s) return;
        walk.start_s = end_s;
        ++walk.step;
      } else {
        ++walk.part;
        walk.step = 0;
      }
    }
  }

 private:
  template <class Tell>
  static void draws_of(const DeviceSpec& device, const Stretch& stretch, double start_s, double from_s, double to_s,
                       Tell&& tell) {
    // As Activities does: work of more bytes than SimGrid can count is equal parts, one after the other.
    const auto count = static_cast<double>(chunks(device, stretch));
    const Stretch chunk = count > 1 ? stretch.divided_by(count) : stretch;
    double at = count > 1 && chunk.time_s > 0 ? std::max(0.0, std::floor((from_s - start_s) / chunk.time_s)) : 0;
    for (; at < count && start_s + at * chunk.time_s <= to_s; ++at) {
      const double chunk_s = start_s + at * chunk.time_s;
      if (chunk.arithmetic_s > 0) tell(chunk_s, chunk_s + chunk.arithmetic_s, chunk.arithmetic_J / chunk.arithmetic_s);
      if (chunk.vector_s > 0) tell(chunk_s, chunk_s + chunk.vector_s, chunk.vector_J / chunk.vector_s);
      if (chunk.memory_s > 0 && chunk.memory_J > 0)
        tell(chunk_s, chunk_s + chunk.memory_J / device.memory.power_W, device.memory.power_W);
    }
  }
  static std::int64_t chunks(const DeviceSpec& device, const Stretch& stretch);

  LoadedStep::At piece_;
  Stretch single_;  // where there is no piece
  double start_s_ = 0;
  double most_W_ = 0;
  bool is_running_ = false;
};

}  // namespace upmem_des
