/// Which tasks of a step ask for the same. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "plan/memory_account.hpp"
#include "plan/tasks/movement.hpp"
#include "plan/tasks/shared_demand.hpp"
#include "plan/tasks/task_rules.hpp"
#include "trace/step_calls.hpp"

namespace upmem_des {

/// The demands of a step, each once, and how they were come by, so that another step with the same calls can have its
/// own.
class SlotTable {
 public:
  /// The rules outlive the table.
  explicit SlotTable(const TaskRules& rules) : rules_(rules) {}

  /// Forgets all; a step follows whose events begin in `state`.
  void begin(const CostState& state);

  /// How an event of a step is shared; events of one call that are shared in the same way are one.
  std::size_t find(const StepCalls& step, const Turn& turn, const Placement& placement);
  /// The slot of piece k of so many of one part; `demand` is that of the whole part.
  std::uint32_t slot(std::size_t sharing, std::size_t part, std::size_t k, std::size_t pieces, const Demand& demand);
  /// The slot of work that is no event's own.
  std::uint32_t slot(const Demand& demand);

  const SharedDemand& demand(std::uint32_t slot) const { return demands_[slot]; }
  std::vector<Demand> demands() const { return std::vector<Demand>(demands_.begin(), demands_.end()); }

  /// Tells of what devices hold in such a step; `changed` are the calls whose sizes are not those of the step before.
  void account(const StepCalls& step, const std::vector<bool>& changed, MemoryAccount& account) const;

  /// The demands of a step that calls the same and begins in `state`; none where it is shared in another way. `changed`
  /// are the calls whose sizes are not those of the step that the table is of.
  std::optional<std::vector<Demand>> demands_of(const StepCalls& step, const std::vector<bool>& changed,
                                                const CostState& state) const;
  /// The same in place of `demands`, which are those of another step with the same calls: the slots of `changed` ones
  /// are set. False where it is shared in another way; some have been set then.
  bool update(const StepCalls& step, const std::vector<bool>& changed, const CostState& state,
              std::vector<Demand>& demands) const;

 private:
  struct Use {
    std::size_t part = 0;
    std::size_t k = 0;
    std::size_t pieces = 1;
    std::uint32_t slot = 0;
  };
  struct Sharing {
    std::vector<std::size_t> sites;  ///< of the events; sizes and names are those of the first
    std::int64_t microbatch = 0;
    std::int64_t passes = 0;  ///< that have ended in the step before the event
    Spread spread;
    std::vector<double> input_shares;
    Layout wants = Layout::Whole;
    Layout gives = Layout::Whole;
    std::vector<double> shares;
    std::vector<double> rows;
    std::vector<bool> works;  ///< by part: has it a demand?
    std::vector<Use> uses;
    bool depends_on_cache = true;

    bool same_as(const Sharing& other) const;
  };

  PartSplit split_of(const Sharing& sharing, const StepCalls& step, std::size_t site, const LayerEvent& event) const;
  bool same_profile(DeviceIndex a, DeviceIndex b) const;
  bool evaluate(const Sharing& sharing, const StepCalls& step, const CostState& state,
                std::vector<Demand>& demands) const;

  const TaskRules& rules_;
  CostState state_;
  std::vector<Sharing> sharings_;
  std::map<std::uint64_t, std::vector<std::size_t>> by_call_;  // and number of experts
  std::vector<SharedDemand> demands_;
  std::map<std::vector<double>, std::uint32_t> others_;  // by all numbers of the demand
};

}  // namespace upmem_des
