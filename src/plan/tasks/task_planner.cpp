#include "plan/tasks/task_planner.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "plan/tasks/demand_pieces.hpp"
#include "plan/tasks/event_blocks.hpp"
#include "plan/tasks/make_movement.hpp"
#include "plan/tasks/offload_streams.hpp"
#include "plan/tasks/part_demand.hpp"
#include "plan/tasks/plan_memory.hpp"
#include "plan/tasks/step_pieces.hpp"
#include "platform/device_names.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

/// The transfer that ends a run is counted by the last four sizes (docs/models.md, Transfers).
double last_four_sizes(const Shape& shape) {
  double product = 1;
  for (std::size_t i = 0; i < 4; ++i) product *= static_cast<double>(shape.from_end(i));
  return product;
}

}  // namespace

/// Where plans are used again, the planner's own ids and places in the stream stand still: a step that is planned anew
/// follows the last one that was, and what it gives is moved on by what has been left out.
class TaskPlanner::Impl {
 public:
  Impl(CallSource& source, const TaskRules& rules, MemoryAccount* account)
      : source_(source),
        shared_rules_(std::make_shared<const TaskRules>(rules)),
        rules_(*shared_rules_),
        account_(account),
        blocks_(rules_),
        tasks_(rules.schedule),
        movement_(make_movement(rules_, tasks_)),
        memory_(rules_) {
    if (rules_.offload.any()) offload_ = std::make_unique<OffloadStreams>(rules_, tasks_);
    const std::string option = pieces_option();
    if (rules.batch % rules.microbatches != 0)
      throw InputError(option + ": " + std::to_string(rules.microbatches) + " do not divide the batch of " +
                       std::to_string(rules.batch) + " rows; expected a divisor of it");
    if (rules.interleaves && (rules.prefetch_weights || rules.chunks > 1))
      throw InputError(option + ": with prefetch_weights or chunks above 1; expected neither");
  }

  Answer next(const Progress& progress, PlannedStep& out) {
    if (ended_) return Answer::end();
    const Answer answer = source_.next(progress, calls_);
    if (answer.kind == Answer::Kind::Wait) return answer;
    out = PlannedStep();
    if (answer.kind == Answer::Kind::Step) free_sequences();
    if (answer.kind == Answer::Kind::End)
      plan_end(out);
    else if (!plan_again(out))
      plan_step(out);
    out.first_id += left_out_ids_;
    return Answer::step();
  }

  const EventBlocks& blocks() const { return blocks_; }

  std::shared_ptr<const StepDemands> latest_demands() const {
    return reuses() ? std::make_shared<const StepDemands>(memory_, shared_rules_) : nullptr;
  }

 private:
  /// What cuts the batch.
  std::string pieces_option() const { return rules_.interleaves ? "simulation.interleave" : "simulation.microbatches"; }

  bool reuses() const { return rules_.reuses_plans; }

  std::vector<std::int64_t> state() {
    const TaskId barrier = tasks_.barrier();
    std::vector<std::int64_t> state{barrier < 0 ? -1 : tasks_.next_id() - barrier, blocks_.layers().current()};
    movement_->describe({next_seq_, tasks_.next_id(), memory_.looks_back(calls_), slices_of(calls_)}, state);
    if (offload_ != nullptr) offload_->describe(tasks_.next_id(), state);
    if (const double overhead_s = overhead_of_step_s(); overhead_s > 0) {
      for (const TaskId end : step_ends_) state.push_back(tasks_.next_id() - end);
      const std::vector<Slice>* const slices = slices_of(calls_);
      for (std::size_t i = 0; slices != nullptr && i < slices->size(); ++i) state.push_back((*slices)[i].sequences);
    }
    return state;
  }

  void free_sequences() {
    for (const SequenceId sequence : calls_.freed) {
      movement_->free(sequence);
      if (account_ != nullptr) account_->free(sequence);
    }
  }

  bool plan_again(PlannedStep& out) {
    if (!reuses() || !memory_.may_serve(calls_)) return false;
    if (!is_state_known_) state_ = state();
    is_state_known_ = true;
    std::optional<PlannedStep> planned = memory_.plan_for(calls_, state_, blocks_.state());
    if (!planned) return false;
    blocks_.repeat(calls_);
    if (account_ != nullptr) memory_.account(calls_, *account_);
    out = std::move(*planned);
    left_out_ids_ += out.plan->next_id - out.plan->first_id;
    out.first_id = out.plan->first_id;
    return true;
  }

  void plan_step(PlannedStep& out) {
    calls_.first_seq = next_seq_;
    if (reuses())
      memory_.begin(calls_, state(), blocks_.state());
    else
      memory_.slots().begin(blocks_.state());
    next_seq_ += static_cast<std::int64_t>(calls_.size());
    const bool was_in_prefill = blocks_.forward_passes() == 0;
    auto plan = std::make_shared<StepPlan>();
    plan->first_id = tasks_.next_id();
    is_ragged_ = slices_of(calls_) != nullptr;
    if (is_ragged_ && rules_.microbatches > 1 && static_cast<std::int64_t>(calls_.parts.size()) != rules_.microbatches)
      refuse_ragged(pieces_option() + ": they take rows of the batch");
    blocks_.begin(calls_);
    plan->events.reserve(calls_.size() * static_cast<std::size_t>(rules_.microbatches));
    const std::int64_t last_seq = next_seq_ - 1;
    std::vector<TaskId> ends;
    std::int64_t microbatch = 0;
    while (const PlacedEvent* placed = blocks_.next(microbatch)) {
      EventTasks& event = plan->events.emplace_back();
      tasks_.begin(event.tasks);
      if (plan->events.size() == 1) add_overhead();
      const Pieces made = plan_event(*placed, microbatch, event);
      if (event.event.seq == last_seq) ends.insert(ends.end(), made.begin(), made.end());
      tasks_.end();
    }
    step_ends_ = std::move(ends);
    give(std::move(plan), out);
    is_state_known_ = false;
    // What ends prefill happens once.
    if (reuses() && !(was_in_prefill && blocks_.forward_passes() > 0)) memory_.keep(out.plan);
  }

  /// Which rows of a step are whose; null where its batch is one.
  static const std::vector<Slice>* slices_of(const StepCalls& step) {
    for (const LayerEvent& call : step.calls)
      if (call.slices != nullptr) return call.slices.get();
    return nullptr;
  }

  [[noreturn]] static void refuse_ragged(const std::string& what) {
    throw InputError(what + ", but its sequences differ in length; expected prompts of equal length");
  }

  /// The slots of what is no event's own work are given last.
  void give(std::shared_ptr<StepPlan> plan, PlannedStep& out) {
    for (EventTasks& event : plan->events)
      for (Task& task : event.tasks)
        if (task.kind == Task::Kind::Compute && task.slot == TaskMaker::none) {
          task.slot = memory_.slots().slot(task.demand);
          task.demand = memory_.slots().demand(task.slot);
        }
    plan->demands = memory_.slots().demands();
    plan->next_id = tasks_.next_id();
    out.first_id = plan->first_id;
    out.plan = std::move(plan);
  }

  /// What the host does before the step: when the one before has ended, and before all of this one.
  void add_overhead() {
    tasks_.set_gate(-1);
    const double overhead_s = overhead_of_step_s();
    if (overhead_s == 0) return;
    Step step;
    step.unit = ComputeUnit::Vector;
    step.compute.time_s = overhead_s;
    tasks_.set_gate(tasks_.compute(host_device, SharedDemand(Demand(step)), step_ends_, step_overhead));
  }

  double overhead_of_step_s() const {
    if (rules_.step_overhead_s == 0 && rules_.per_sequence_overhead_s == 0) return 0;
    // A step that only samples is the end of the one before.
    const auto* pointwise = as<operation::Pointwise>(operation_of(calls_.calls.front()));
    if (calls_.size() == 1 && pointwise != nullptr && pointwise->function == operation::Pointwise::Function::Softmax)
      return 0;
    auto sequences = static_cast<double>(rules_.batch);
    if (const std::vector<Slice>* slices = slices_of(calls_)) {
      sequences = 0;
      for (const Slice& slice : *slices) sequences += static_cast<double>(slice.sequences);
    }
    return rules_.step_overhead_s + sequences * rules_.per_sequence_overhead_s;
  }

  /// Gives the tasks after which the event has ended.
  Pieces plan_event(const PlacedEvent& placed, std::int64_t microbatch, EventTasks& out) {
    out.event = microbatch_of(calls_, placed.site, placed.event, microbatch, rules_.microbatches);
    const Turn turn{placed, out.event, microbatch, groups_of(calls_, placed.site, rules_.microbatches)};
    const Placement placement = movement_->bring(turn);
    if (is_ragged_ && placement.spread.shares_rows() && !shares_parts(turn.groups, placement.spread))
      refuse_ragged("mapping: '" + out.event.name.str() + "': replicas take rows of the batch");
    const std::size_t sharing = memory_.slots().find(calls_, turn, placement);
    Made made;
    made.cuts = placement.input_cuts;
    for (std::size_t i = 0; i < placement.spread.devices.size(); ++i)
      made.pieces.push_back(compute(turn, placement, i, sharing, made.cuts[i]));
    Pieces ends;
    for (const Pieces& pieces : made.pieces) add_last(ends, pieces);
    if (placed.ends_prefill) prefill_ends_.insert(prefill_ends_.end(), ends.begin(), ends.end());
    const bool moved = movement_->keep(turn, placement, std::move(made));
    if (reuses()) {
      if (moved) memory_.depend_on_size(out.event.seq);
      for (const std::int64_t seq : placement.sized_by) memory_.depend_on_size(seq);
    }
    if (placed.ends_prefill && microbatch + 1 == rules_.microbatches) tasks_.prefill_end(std::move(prefill_ends_));
    out.counts = microbatch == 0;
    out.phase = placed.state.phase;
    out.devices = name_of(placement.spread.devices);
    return ends;
  }

  /// Part `index` of an event. `cuts`: of the inputs that were made there; then of the output, see Value.
  Pieces compute(const Turn& turn, const Placement& placement, std::size_t index, std::size_t sharing,
                 std::size_t& cuts) {
    const DeviceIndex device = placement.spread.devices[index];
    const Part& part = placement.split.parts[index];
    const std::vector<Pieces>& arrived = placement.arrived[index];
    Demand demand;
    if (!part.empty) {
      CostState state = turn.placed.state;
      state.held_key_value_heads = part.kv_heads;
      state.context = part.context;
      demand = part_demand(rules_, part.event, device, state);
      if (account_ != nullptr) account_->add(device, turn.part, part.event, {part.kv_heads, part.context.share});
    }
    if (demand.size() == 0) {
      cuts = 1;
      return tasks_.together(arrived);
    }
    std::size_t pieces = 1;
    for (const Pieces& input : arrived) pieces = std::max(pieces, input.size());
    cuts = std::max(cuts, pieces);
    if (!placement.stays) pieces = cuts;
    Pieces brought;
    if (offload_ != nullptr) brought = offload_->bring(turn, part, device, kv_bytes_of(demand));
    Pieces made;
    for (std::size_t k = 0; k < pieces; ++k) {
      std::vector<TaskId> after;
      for (const Pieces& input : arrived) add_piece(after, input, k);
      add_last(after, brought);
      const std::uint32_t slot = memory_.slots().slot(sharing, index, k, pieces, demand);
      made.push_back(tasks_.compute(device, memory_.slots().demand(slot), std::move(after), "", slot));
      if (account_ != nullptr)
        tasks_.set_memory(made.back(), kept_share(device) * account_->kv_cache_B(device),
                          account_->activation_bytes(part.event) / static_cast<double>(pieces));
    }
    if (offload_ != nullptr) {
      offload_->keep(turn, part, device, brought, made);
      if (reuses() && offload_->depends_on_size(part.event, device)) memory_.depend_on_size(turn.part.seq);
    }
    return placement.stays ? Pieces{made.back()} : made;
  }

  /// Of a device's caches, what it keeps itself.
  double kept_share(DeviceIndex device) const { return 1 - OffloadRules::share(rules_.offload.kv_cache, device); }

  void plan_end(PlannedStep& out) {
    ended_ = true;
    memory_.slots().begin(blocks_.state());
    auto plan = std::make_shared<StepPlan>();
    plan->first_id = tasks_.next_id();
    EventTasks& end = plan->events.emplace_back();
    tasks_.begin(end.tasks);
    end.is_event = false;
    end.phase = blocks_.state().phase;
    end.devices = name_of(movement_->current());
    LastEvents last;
    last.layer_seq = blocks_.last_layer_seq();
    if (!blocks_.last_layer_input().empty())
      last.layer_input_B = rules_.bytes_per_element * last_four_sizes(blocks_.last_layer_input()) *
                           static_cast<double>(blocks_.forward_passes());
    movement_->finish(last);
    tasks_.end();
    give(std::move(plan), out);
  }

  const std::string& name_of(const std::vector<DeviceIndex>& devices) {
    std::string& name = names_[devices];
    if (name.empty()) name = device_set_name(rules_.platform, devices);
    return name;
  }

  CallSource& source_;
  const std::shared_ptr<const TaskRules> shared_rules_;
  const TaskRules& rules_;
  MemoryAccount* const account_;
  EventBlocks blocks_;
  TaskMaker tasks_;
  std::unique_ptr<Movement> movement_;
  std::unique_ptr<OffloadStreams> offload_;  // where something is kept elsewhere
  PlanMemory memory_;
  StepCalls calls_;
  std::int64_t next_seq_ = 0;  // of the events that were planned
  TaskId left_out_ids_ = 0;    // of steps whose plan was used again
  std::vector<std::int64_t> state_;
  bool is_state_known_ = false;
  std::vector<TaskId> step_ends_;     // of the last event of the step before
  std::vector<TaskId> prefill_ends_;  // of the micro-batches so far
  std::map<std::vector<DeviceIndex>, std::string> names_;
  bool is_ragged_ = false;  // has the step sequences of different lengths?
  bool ended_ = false;
};

TaskPlanner::TaskPlanner(CallSource& source, const TaskRules& rules, MemoryAccount* account)
    : impl_(std::make_unique<Impl>(source, rules, account)) {}

TaskPlanner::~TaskPlanner() = default;

Answer TaskPlanner::next(const Progress& progress, PlannedStep& step) {
  return impl_->next(progress, step);
}

std::shared_ptr<const StepDemands> TaskPlanner::latest_demands() const {
  return impl_->latest_demands();
}

std::int64_t TaskPlanner::events() const {
  return impl_->blocks().events();
}

std::int64_t TaskPlanner::forward_passes() const {
  return impl_->blocks().forward_passes();
}

}  // namespace upmem_des
