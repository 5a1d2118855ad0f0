/// Tensors go where they are needed, and nothing moves twice. Internal to the room.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "plan/tasks/attention_caches.hpp"
#include "plan/tasks/collectives.hpp"
#include "plan/tasks/context_attention.hpp"
#include "plan/tasks/data_mover.hpp"
#include "plan/tasks/expert_outputs.hpp"
#include "plan/tasks/movement.hpp"
#include "plan/tasks/recent_values.hpp"
#include "plan/tasks/transfers.hpp"

namespace upmem_des {

/// The movement of every cost model but the published one; docs/machines.md defines it. What a device has been sent
/// stays there: a later event finds it, in whichever order events run.
class ValueFlow : public Movement {
 public:
  ValueFlow(const TaskRules& rules, TaskMaker& tasks);

  Placement bring(const Turn& turn) override;
  bool keep(const Turn& turn, const Placement& placement, Made made) override;
  void free(SequenceId sequence) override { caches_.free(sequence); }
  void finish(const LastEvents& last) override;
  void describe(const Outlook& frame, std::vector<std::int64_t>& state) override;
  const std::vector<DeviceIndex>& current() const override { return current_; }

 private:
  /// The values that a turn's event depends on.
  struct Inputs {
    std::vector<Value*> data;     ///< that flow into it
    std::vector<Value*> control;  ///< that it only waits for
  };
  /// What the mapping says of a turn's event.
  struct Place {
    Spread spread;
    const Spread* kept = nullptr;  ///< the same, as the mapping has it; null for one device
    bool transfer_point = false;
    const MapTarget* shared_by = nullptr;  ///< experts that are sent one input
  };

  static void make_groups(Value& value, const Placement& placement);
  Value& value_of(std::int64_t seq, const Turn& turn);
  Inputs inputs_of(const Turn& turn);
  Place place_of(const Turn& turn, const Inputs& inputs) const;
  std::vector<double> input_shares_of(const Inputs& inputs, const Place& place) const;
  void bring_inputs(const Turn& turn, const Inputs& inputs, const Place& place, Placement& placement);
  std::vector<Pieces> bring_one(Value& value, const Turn& turn, const Inputs& inputs, const Place& place,
                                const Wanted& whole);
  bool stays_in_place(const Turn& turn, const Place& place, Layout gives) const;

  const TaskRules& rules_;
  TaskMaker& tasks_;
  Transfers transfers_;
  Collectives collectives_;
  DataMover mover_;
  ExpertOutputs experts_;
  ContextAttention context_;
  AttentionCaches caches_;
  RecentValues values_;
  std::vector<DeviceIndex> current_{host_device};
};

}  // namespace upmem_des
