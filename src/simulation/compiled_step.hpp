/// A step cut at its meeting points.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "plan/tasks/step_plan.hpp"
#include "simulation/queue_order.hpp"
#include "simulation/run_sums.hpp"
#include "simulation/stretch.hpp"

namespace upmem_des {

/// What is known of a step before it runs. Its pieces are transfers, joins that somebody can tell, and tasks of a
/// device that follow each other without waiting for anybody else: each of these starts when the one before it ends.
struct CompiledStep {
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  /// Where a task is: the piece, and its place in that.
  struct TaskPlace {
    std::uint32_t piece = none;  ///< none: the id was left out
    std::uint32_t ordinal = 0;
  };
  /// A task of a piece of work: what it asks for, and the event that is timed with it.
  struct Part {
    std::uint32_t slot = 0;  ///< of demands
    std::uint32_t span = none;
  };
  /// A piece that waits for one of the tasks of another, not the last.
  struct InnerWait {
    std::uint32_t ordinal = 0;
    std::uint32_t piece = 0;
  };
  struct Piece {
    Task::Kind kind = Task::Kind::Join;
    bool ends_prefill = false;
    std::uint32_t stream = 0;   ///< device or route
    std::uint32_t pending = 0;  ///< tasks that it waits for, of this step and of earlier ones
    std::uint32_t task = 0;     ///< id of its first or only one, counted from the step's first
    std::uint32_t account = 0;  ///< of a transfer
    std::uint32_t span = none;  ///< of a transfer
    double bytes = 0;           ///< of a transfer, as SimGrid counts them
    double latency_s = 0;       ///< of a transfer
    std::vector<Part> parts;    ///< of work
    std::vector<std::pair<std::uint32_t, double>> totals;  ///< slots, and how many of the parts ask for each
    bool is_looked_into = false;                           ///< has inner waits or parts whose events are timed
    std::vector<InnerWait> inner;                          ///< by ordinal
    std::vector<std::uint32_t> then;                       ///< pieces that wait for its end
  };
  /// A piece waits for a task of an earlier step.
  struct OuterWait {
    TaskId back = 0;  ///< how many ids before the step's first it is
    std::uint32_t piece = 0;
  };
  /// Equal work of a device for events of one class.
  struct WorkUse {
    std::uint32_t account = 0;
    std::uint32_t device = 0;
    std::uint32_t slot = 0;
    std::int64_t times = 0;
    std::int64_t alone = 0;  ///< of these, all that their events are: what they take, the events do
  };
  struct TransferUse {
    std::uint32_t account = 0;
    Task transfer;
    std::int64_t times = 0;
  };
  struct EventCount {
    std::uint32_t index = 0;  ///< of an account or a device
    std::int64_t events = 0;
  };

  /// `index`: an id, counted from the step's first.
  TaskPlace place_of(TaskId index) const {
    return index < static_cast<TaskId>(places.size()) ? places[static_cast<std::size_t>(index)] : TaskPlace();
  }

  std::shared_ptr<const StepPlan> plan;
  std::vector<Demand> demands;
  std::vector<HighestPower> powers;  ///< of the demands
  std::vector<Piece> pieces;
  std::vector<TaskPlace> places;  ///< by id, counted from the step's first
  std::vector<OuterWait> outer;
  std::vector<RunSums::Account> accounts;
  std::vector<std::uint32_t> span_accounts;  ///< of events that are timed from their first to their last task
  std::vector<WorkUse> work;
  std::vector<TransferUse> transfers;
  std::vector<EventCount> class_events;
  std::vector<EventCount> device_events;
};

/// By demand.
std::vector<HighestPower> highest_powers(const std::vector<Demand>& demands);

/// How fine a step is cut.
enum class Grain {
  Segments,  ///< at its meeting points only
  Tasks,     ///< each task of a device is a piece
  Watched    ///< each task and join is, for those who watch them; uses and counts are left to these
};

/// Every task and join is a piece of its own, too, where streams choose among those that are ready. Throws
/// SimulationError for tasks that ask for what there is not, more than a rated power, ids that do not ascend, and tasks
/// that wait for themselves or later ones. `sums` knows the classes of the events afterwards.
std::shared_ptr<const CompiledStep> compile(std::shared_ptr<const StepPlan> plan, const PlatformSpec& platform,
                                            RunSums& sums, QueueOrder order = QueueOrder::ById,
                                            Grain grain = Grain::Segments);

}  // namespace upmem_des
