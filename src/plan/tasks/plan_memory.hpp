/// The plan of the latest step, and when it serves again. Internal to the room.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "plan/tasks/movement.hpp"
#include "plan/tasks/slot_table.hpp"
#include "plan/tasks/step_plan.hpp"

namespace upmem_des {

/// A step is planned as the one before it was where it calls the same, where the planner's state before both was the
/// same, and where no size that changed says how many bytes are moved.
class PlanMemory {
 public:
  explicit PlanMemory(const TaskRules& rules) : slots_(rules) {}

  SlotTable& slots() { return slots_; }

  /// A step is planned from here on, which finds the planner in `state`.
  void begin(const StepCalls& step, std::vector<std::int64_t> state, const CostState& costs);
  /// The sizes of a call of that step say how much is moved; `seq` may be that of an event before it.
  void depend_on_size(std::int64_t seq);
  void keep(std::shared_ptr<const StepPlan> plan);
  void forget() { plan_ = nullptr; }

  /// Events before a step that those of it look back to; ascending, each once.
  const std::vector<std::int64_t>& looks_back(const StepCalls& step);

  /// Does such a step look like the one that is kept? Only then it is worth while to ask for a plan.
  bool may_serve(const StepCalls& step) const { return plan_ != nullptr && step.sequence == calls_.sequence; }
  /// The plan for a step that finds the planner in `state`, with demands of its own; none where it has to be planned.
  std::optional<PlannedStep> plan_for(const StepCalls& step, const std::vector<std::int64_t>& state,
                                      const CostState& costs) const;
  /// Sets, in `demands` of a step that was planned as the one that is kept, the slots of the calls that are `changed`
  /// to what they are in `step`, whatever that moves; false where it shares its events in another way.
  bool update(const StepCalls& step, const std::vector<bool>& changed, std::vector<Demand>& demands) const {
    return slots_.update(step, changed, costs_, demands);
  }
  /// Tells of what devices hold in a step that was planned so.
  void account(const StepCalls& step, MemoryAccount& account) const;

 private:
  bool same_movement(const StepCalls& step) const;
  std::vector<bool> changed(const StepCalls& step) const;

  SlotTable slots_;
  StepCalls calls_;
  std::vector<std::int64_t> state_;
  CostState costs_;
  std::vector<bool> sized_;  // by call: do its sizes say how much is moved?
  std::shared_ptr<const StepPlan> plan_;
  std::shared_ptr<const CallSequence> looked_at_;
  std::vector<std::int64_t> looks_back_;  // of looked_at_
};

}  // namespace upmem_des
