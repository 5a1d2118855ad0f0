/// An instance of a model that computes steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <limits>
#include <optional>
#include <vector>

#include "service/drafter.hpp"
#include "service/engine.hpp"
#include "service/machine_windows.hpp"
#include "service/step_costs.hpp"

namespace upmem_des {

/// What the host does for a step: before it, or beside the one before where steps are scheduled ahead. Engines of an
/// instance have a process each.
struct HostTime {
  double step_s = 0;
  double sequence_s = 0;
};

/// Runs the steps that its engine's scheduler plans, one after the other. With one step in flight a step is planned
/// when the one before has ended, and begins when the host has done its part. With two it is planned when the one
/// before begins, and begins when that has ended; of the host's part only what is longer than the step counts. With
/// pipeline stages, as many steps are in flight, and one begins as soon as none of its stages has to wait for the step
/// before.
///
/// Several engines, ranks of data-parallel attention, step together: a step is a pass of each, begins and ends for all
/// at the same time, and is computed at once. One that has nothing to compute then has a token of nobody's, behind one
/// other; where none has anything there is no step.
///
/// A step whose blocks hold what goes to a tier first begins when its engine holds it no more.
class Instance {
 public:
  struct Options {
    HostTime host{};
    double result_J = 0;         ///< what a step's result of one row draws on its way to the host
    bool pipelines = false;      ///< are steps in flight in different stages?
    Drafter* drafter = nullptr;  ///< drafts tokens after each step of its one engine; null: nobody does
  };

  /// References outlive the instance. `ranks`: one or more, whose schedulers are alike.
  Instance(std::size_t index, std::vector<Engine*> ranks, StepCosts& costs, MachineWindows& windows,
           const Options& options);

  const std::vector<Engine*>& ranks() const { return ranks_; }
  /// When something happens by itself; infinite where nothing does.
  double next_s() const;
  /// Ends what ends at `now_s`. Calls `finished(id)` for requests that have their last token.
  template <class Finished>
  void end_steps(double now_s, const Finished& finished) {
    while (!flight_.empty() && flight_.front().end_s <= now_s) {
      Flight flight = take_first();
      for (std::size_t i = 0; i < ranks_.size(); ++i) {
        const RankPass& part = flight.parts[i];
        if (part.pass.empty())
          ranks_[i]->idle_step(flight.start_s, flight.end_s);
        else
          ranks_[i]->end(part.pass, step_of(flight, part), finished);
      }
      spare_.push_back(std::move(flight));
    }
  }
  /// Plans what can be planned now.
  void plan(double now_s);
  /// Tells the windows of what steps that are under way have done up to then.
  void draw(double to_s);
  bool is_idle() const { return flight_.empty(); }
  /// Of all steps, sequences and drafts: each gives the host a result.
  double results() const;
  /// What drafting took of the steps' time, and what it drew.
  double draft_s() const { return draft_s_; }
  double draft_J() const { return draft_J_; }

 private:
  struct RankPass {
    Pass pass;  ///< empty: others of the step have something to compute
    std::int64_t prompt_tokens = 0;
    std::int64_t drafts = 0, accepted = 0;
  };
  struct Flight {
    std::vector<RankPass> parts;  ///< by rank
    StepCost cost;                ///< with that of drafting
    DraftCost draft;
    std::int64_t tokens = 0;  ///< of all parts
    double start_s = 0;
    double end_s = 0;
    double drawn = 0;  ///< share that windows have been told of
  };

  Flight take_first();
  /// What a rank has of a step; which engine that is, and what it has then, is the engine's to say.
  static ServingStep step_of(const Flight& flight, const RankPass& part);
  static double starts_after_s(const StepCost& before, const StepCost& cost);
  void find_cost(Flight& flight);
  void fly(Flight flight, double now_s);
  double share(double dynamic_J, double cache_J);
  void share_energy(Flight& flight);
  void share_draft_energy(const Flight& flight);
  void draft(Flight& flight);

  const std::size_t index_;
  const std::vector<Engine*> ranks_;
  StepCosts& costs_;
  MachineWindows& windows_;
  const Options options_;
  std::deque<Flight> flight_;
  std::vector<Flight> spare_;
  std::optional<Flight> held_;                    // until what its step displaces is in the tier
  std::vector<std::vector<EnergyShare>> shares_;  // by rank
  double draft_s_ = 0;
  double draft_J_ = 0;
};

}  // namespace upmem_des
