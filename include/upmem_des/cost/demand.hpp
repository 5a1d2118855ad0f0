/// What one event asks of one device.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace upmem_des {

/// The two kinds of arithmetic of a device. `Arithmetic` draws energy by flop at the device's rating; `Vector` runs
/// operators of a fixed time per element, whose power need not be below that rating.
enum class ComputeUnit { Arithmetic, Vector };

/// Work of one resource: how long it is busy when nothing else slows it, and the energy it takes.
struct Work {
  double time_s = 0;
  double energy_J = 0;
};

/// A part of an event: after `overhead_s`, arithmetic and memory streaming run side by side. The two kinds of memory
/// traffic share the memory port one after the other.
struct Step {
  double overhead_s = 0;
  ComputeUnit unit = ComputeUnit::Arithmetic;
  Work compute;
  double flop = 0;          ///< for records only
  Work memory;              ///< weights and activations
  double memory_bytes = 0;  ///< for records, and for the share of weights in it
  double weight_bytes = 0;  ///< of those: weights that a device may fetch before the task starts; set where it does
  Work kv;                  ///< keys or values of the cache
  double kv_bytes = 0;      ///< for records only

  /// The overhead, then the longer of arithmetic and memory streaming, s.
  double time_s() const { return overhead_s + std::max(compute.time_s, memory.time_s + kv.time_s); }
};

/// At most two parts, one after the other.
class Demand {
 public:
  static constexpr std::size_t max_steps = 2;

  Demand() = default;
  /// One part.
  explicit Demand(const Step& only) { add(only); }
  /// Two parts, one after the other.
  Demand(const Step& first, const Step& second) {
    add(first);
    add(second);
  }

  /// The first part.
  const Step* begin() const { return steps_.data(); }
  /// Behind the last part.
  const Step* end() const { return steps_.data() + count_; }
  /// How many parts there are, 0 to 2.
  std::size_t size() const { return count_; }
  const Step& operator[](std::size_t i) const { return steps_[i]; }

  /// Time of all parts, s.
  double time_s() const {
    double sum = 0;
    for (const Step& step : *this) sum += step.time_s();
    return sum;
  }

 private:
  void add(const Step& step) { steps_[count_++] = step; }

  std::array<Step, max_steps> steps_{};
  std::size_t count_ = 0;
};

}  // namespace upmem_des
