#include "plan/tasks/task_planner.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "plan/tasks/demand_pieces.hpp"
#include "plan/tasks/event_blocks.hpp"
#include "plan/tasks/movement.hpp"
#include "platform/device_names.hpp"
#include "trace/parameters.hpp"
#include "util/error.hpp"

namespace upmem_des {

namespace {

/// The transfer that ends a run is counted by the last four sizes (docs/models.md, Transfers).
double last_four_sizes(const Shape& shape) {
  double product = 1;
  for (std::size_t i = 0; i < 4; ++i) product *= static_cast<double>(shape.from_end(i));
  return product;
}

}  // namespace

class TaskPlanner::Impl {
 public:
  Impl(EventSource& source, const TaskRules& rules, MemoryAccount* account)
      : rules_(rules),
        account_(account),
        blocks_(source, rules_),
        tasks_(rules.schedule),
        movement_(make_movement(rules_, tasks_)) {
    if (rules.batch % rules.microbatches != 0)
      throw InputError("simulation.microbatches: " + std::to_string(rules.microbatches) +
                       " do not divide the batch of " + std::to_string(rules.batch) +
                       " rows; expected a divisor of it");
  }

  bool next(EventTasks& out) {
    if (ended_) return false;
    out = EventTasks();
    tasks_.begin(out.tasks);
    std::int64_t microbatch = 0;
    if (const PlacedEvent* placed = blocks_.next(microbatch))
      plan_event(*placed, microbatch, out);
    else
      plan_end(out);
    tasks_.end();
    return true;
  }

  const EventBlocks& blocks() const { return blocks_; }
  const TaskRules& rules() const { return rules_; }

 private:
  void plan_event(const PlacedEvent& placed, std::int64_t microbatch, EventTasks& out) {
    out.event = rules_.microbatches > 1 ? rows_of(placed.event, microbatch, rules_.microbatches) : placed.event;
    const Turn turn{placed, out.event, microbatch};
    const Placement placement = movement_->bring(turn);
    Made made;
    made.cuts = placement.input_cuts;
    for (std::size_t i = 0; i < placement.devices.size(); ++i)
      made.pieces.push_back(compute(turn, placement, i, made.cuts[i]));
    if (placed.ends_prefill)
      for (const Pieces& pieces : made.pieces) add_last(prefill_ends_, pieces);
    movement_->keep(turn, placement, std::move(made));
    if (placed.ends_prefill && microbatch + 1 == rules_.microbatches) tasks_.prefill_end(std::move(prefill_ends_));
    out.counts = microbatch == 0;
    out.phase = placed.state.phase;
    out.devices = name_of(placement.devices);
  }

  /// Part `index` of an event. `cuts`: of the inputs that were made there; then of the output, see Value.
  Pieces compute(const Turn& turn, const Placement& placement, std::size_t index, std::size_t& cuts) {
    const DeviceIndex device = placement.devices[index];
    const Part& part = placement.split.parts[index];
    const std::vector<Pieces>& arrived = placement.arrived[index];
    Demand demand;
    if (!part.empty) {
      CostState state = turn.placed.state;
      state.held_key_value_heads = part.kv_heads;
      demand = rules_.plan.model.cost(part.event, rules_.plan.platform.devices[device].architecture, state);
      if (account_ != nullptr) account_->add(device, turn.part, part.event, part.kv_heads);
    }
    if (demand.size() == 0) {
      cuts = 1;
      return tasks_.together(arrived);
    }
    std::size_t pieces = 1;
    for (const Pieces& input : arrived) pieces = std::max(pieces, input.size());
    cuts = std::max(cuts, pieces);
    if (!placement.stays) pieces = cuts;
    const double weights = rules_.prefetch_weights && demand[0].memory_bytes > 0
                               ? parameter_count(part.event) * rules_.plan.bytes_per_element / demand[0].memory_bytes
                               : 0;
    Pieces made;
    for (std::size_t k = 0; k < pieces; ++k) {
      std::vector<TaskId> after;
      for (const Pieces& input : arrived) add_piece(after, input, k);
      made.push_back(tasks_.compute(device, piece_of(demand, k, pieces), std::move(after), "", std::min(1.0, weights)));
      if (account_ != nullptr)
        tasks_.set_memory(made.back(), account_->held()[device].kv_cache_B,
                          account_->activation_bytes(part.event) / static_cast<double>(pieces));
    }
    return placement.stays ? Pieces{made.back()} : made;
  }

  void plan_end(EventTasks& out) {
    ended_ = true;
    out.is_event = false;
    out.phase = blocks_.state().phase;
    out.devices = name_of(movement_->current());
    LastEvents last;
    last.layer_seq = blocks_.last_layer_seq();
    if (!blocks_.last_layer_input().empty())
      last.layer_input_B = rules_.plan.bytes_per_element * last_four_sizes(blocks_.last_layer_input()) *
                           static_cast<double>(blocks_.forward_passes());
    movement_->finish(last);
  }

  const std::string& name_of(const std::vector<DeviceIndex>& devices) {
    std::string& name = names_[devices];
    if (name.empty()) name = device_set_name(rules_.plan.platform, devices);
    return name;
  }

  const TaskRules rules_;
  MemoryAccount* const account_;
  EventBlocks blocks_;
  TaskMaker tasks_;
  std::unique_ptr<Movement> movement_;
  std::vector<TaskId> prefill_ends_;  // of the micro-batches so far
  std::map<std::vector<DeviceIndex>, std::string> names_;
  bool ended_ = false;
};

TaskPlanner::TaskPlanner(EventSource& source, const TaskRules& rules, MemoryAccount* account)
    : impl_(std::make_unique<Impl>(source, rules, account)) {}

TaskPlanner::~TaskPlanner() = default;

bool TaskPlanner::next(EventTasks& tasks) {
  return impl_->next(tasks);
}

bool TaskPlanner::fetches_ahead() const {
  return impl_->rules().prefetch_weights;
}

std::int64_t TaskPlanner::events() const {
  return impl_->blocks().events();
}

std::int64_t TaskPlanner::forward_passes() const {
  return impl_->blocks().forward_passes();
}

}  // namespace upmem_des
