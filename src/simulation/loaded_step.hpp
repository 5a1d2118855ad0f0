/// A step on its way.
#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <vector>

#include "simulation/compiled_step.hpp"
#include "simulation/step_watcher.hpp"

namespace upmem_des {

/// A step that has been loaded and has not ended: how far each of its pieces is.
struct LoadedStep {
  static constexpr double not_yet = -1;

  /// A piece of a loaded step.
  struct At {
    LoadedStep* step = nullptr;
    std::uint32_t piece = 0;

    TaskId id() const { return step->first_id + step->piece(piece).task; }  ///< of its first task
    bool is_ready() const { return step->pending[piece] == 0; }
  };
  /// A piece of a later step waits for a task of this one.
  struct Waiter {
    std::uint32_t ordinal = 0;
    At at;
  };
  /// An event of several tasks.
  struct Span {
    double start_s = not_yet;
    double end_s = 0;
    double last_start_s = 0;
    double lasted_s = 0;

    double time_s() const { return last_start_s - start_s + lasted_s; }
  };

  /// Adds a task of an event that ran from `start_s` to `end_s`, and how long that is by its formula.
  void time_span(std::uint32_t index, double task_start_s, double task_end_s, double task_lasted_s);

  /// Adds all that does not hang on when the step's pieces run.
  void add_up(RunSums& sums) const;

  const WatchedTask& watched_of(std::uint32_t index) const { return watched[piece(index).task]; }
  const CompiledStep::Piece& piece(std::uint32_t index) const { return step->pieces[index]; }
  const Demand& demand(std::uint32_t slot) const { return demands.empty() ? step->demands[slot] : demands[slot]; }
  const HighestPower& highest_power(std::uint32_t slot) const {
    return demands.empty() ? step->powers[slot] : powers[slot];
  }
  /// How long a piece of work takes.
  double lasts_s(std::uint32_t index) const;
  /// How long after its piece's start a part of it ends.
  double ends_after_s(std::uint32_t index, std::uint32_t ordinal) const;
  /// Has the task at a place, which is not one that was left out, ended by `now_s`?
  bool has_ended(const CompiledStep::TaskPlace& place, double now_s) const;

  std::shared_ptr<const CompiledStep> step;
  TaskId first_id = 0;
  std::vector<Demand> demands;         ///< where they are not those of `step`
  std::vector<HighestPower> powers;    ///< of these
  std::vector<std::uint32_t> pending;  ///< by piece: what it still waits for
  std::vector<double> start_s;         ///< by piece
  std::vector<bool> ended;             ///< by piece
  std::vector<Span> spans;
  std::vector<WatchedTask> watched;  ///< by id, counted from the first; empty where nobody watches
  std::unordered_map<std::uint32_t, std::vector<Waiter>> waiters;  ///< by piece
  std::size_t left = 0;                                            ///< pieces that have not ended
};

/// `step` at its place in a run; nothing of it has started.
std::unique_ptr<LoadedStep> load(std::shared_ptr<const CompiledStep> step, PlannedStep planned);

}  // namespace upmem_des
