/// What the streams of a machine do, piece by piece.
#pragma once

#include <cstddef>
#include <cstdint>

#include "upmem_des/trace/phase.hpp"

namespace upmem_des {

struct LayerEvent;

/// What goes on on a stream: work on a device, or a transfer.
enum class ActivityKind { Compute, Transfer };

/// A piece of an event on one stream: work on a device, or a transfer over a route. A stream has one at a time.
/// Energies, flop and bytes are by the cost model's formulas and the links' figures.
struct ActivityRecord {
  std::int64_t id = 0;  ///< no other of the run has it
  ActivityKind kind = ActivityKind::Compute;
  std::size_t stream = 0;  ///< of a Compute: index into PlatformSpec::devices; of a Transfer: PlatformSpec::routes
  const LayerEvent* event = nullptr;  ///< null for the transfer that ends a run; lives as long as the call
  Phase phase = Phase::Prefill;       ///< that the costs are counted in
  const char* purpose = "";           ///< a string literal: "input", "all-reduce"; "" for an event's own work
  double start_s = 0;
  double end_s = 0;  ///< only known when it has ended
  double energy_J = 0;
  double bytes = 0;  ///< of a Transfer

  // Of a Compute:
  double flop = 0;
  double memory_bytes = 0;   ///< weights, activations and KV cache
  double compute_s = 0;      ///< how long its arithmetic takes alone
  double memory_s = 0;       ///< how long its memory traffic takes alone
  double kv_cache_B = 0;     ///< that the device holds when it has ended, of all layers
  double activations_B = 0;  ///< its input and output

  /// −1 for the transfer that ends a run.
  std::int64_t step() const;
};

/// What an activity keeps busy: a device's arithmetic or memory port, or all links of a route.
enum class Resource { Arithmetic, Memory, Route };

/// A resource works at a constant rate for some time.
struct ResourceUse {
  Resource resource = Resource::Arithmetic;
  std::size_t index = 0;      ///< of the device, or of the route
  std::int64_t activity = 0;  ///< whose work it is
  std::int64_t step = -1;     ///< of that activity's event
  double start_s = 0;
  double end_s = 0;
  double energy_J = 0;  ///< of a Route: that of all its links
  double bytes = 0;     ///< of Memory and Route
  double work_s = 0;  ///< how long it takes by its formula, where there is one: as long, but not as the clock rounds it

  /// How long the resource works, s.
  double duration_s() const { return work_s > 0 ? work_s : end_s - start_s; }
};

/// Told of everything that goes on, as it happens: the times of on_start(), on_end(), on_prefill_end() and on_run_end()
/// never decrease. A use of Arithmetic or Memory is told of when it starts, or before; but weights that are fetched
/// ahead when they have come, which may be before their activity starts, see on_fetching(). Uses of a Route are told of
/// when they end, between the start and the end of their activity, and follow each other without overlap.
class ActivityObserver {
 public:
  ActivityObserver() = default;
  ActivityObserver(const ActivityObserver&) = delete;
  ActivityObserver& operator=(const ActivityObserver&) = delete;
  virtual ~ActivityObserver() = default;

  /// An activity starts.
  virtual void on_start(const ActivityRecord& activity) = 0;
  /// A resource has worked, or will, for some time.
  virtual void on_use(const ResourceUse& use) = 0;
  /// Weights that a device fetches ahead from `since_s` on, or later, are still to be told of; infinity: none are.
  virtual void on_fetching(std::size_t /*device*/, double /*since_s*/) {}
  /// An activity that was told of has ended.
  virtual void on_end(const ActivityRecord& activity) = 0;
  virtual void on_prefill_end(double time_s) = 0;  ///< at most once
  virtual void on_run_end(double time_s) = 0;      ///< once, the last of all
};

}  // namespace upmem_des
