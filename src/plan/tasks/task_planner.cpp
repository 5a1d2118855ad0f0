#include "plan/tasks/task_planner.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "plan/tasks/data_mover.hpp"
#include "plan/tasks/demand_pieces.hpp"
#include "plan/tasks/event_blocks.hpp"
#include "plan/tasks/kv_caches.hpp"
#include "plan/tasks/recent_values.hpp"
#include "platform/device_names.hpp"
#include "trace/parameters.hpp"
#include "trace/recognise.hpp"
#include "util/error.hpp"

namespace upmem_des {

namespace {

/// The transfer that ends a run is counted by the last four sizes (docs/models.md, Transfers).
double last_four_sizes(const Shape& shape) {
  double product = 1;
  for (std::size_t i = 0; i < 4; ++i) product *= static_cast<double>(shape.from_end(i));
  return product;
}

[[noreturn]] void event_problem(const LayerEvent& event, const std::string& problem) {
  throw InputError("event " + std::to_string(event.seq) + " ('" + event.name.str() + "'): " + problem);
}

}  // namespace

class TaskPlanner::Impl {
 public:
  Impl(EventSource& source, const TaskRules& rules, MemoryAccount* account)
      : rules_(rules),
        account_(account),
        blocks_(source, rules_),
        tasks_(rules.schedule),
        transfers_(rules.plan.platform, tasks_, rules.chunks),
        collectives_(transfers_, rules.plan.bytes_per_element),
        mover_(transfers_, collectives_),
        caches_(transfers_),
        values_(window, rules.microbatches) {
    if (rules.batch % rules.microbatches != 0)
      throw InputError("simulation.microbatches: " + std::to_string(rules.microbatches) +
                       " do not divide the batch of " + std::to_string(rules.batch) +
                       " rows; expected a divisor of it");
  }

  bool next(EventTasks& out) {
    if (ended_) return false;
    out = EventTasks();
    tasks_.begin(out.tasks);
    if (const PlacedEvent* placed = blocks_.next(microbatch_)) {
      placed_ = placed;
      plan_event(out);
    } else {
      plan_end(out);
    }
    tasks_.end();
    return true;
  }

  const EventBlocks& blocks() const { return blocks_; }

 private:
  /// Where the event of this call runs, and how it is shared.
  struct Place {
    std::vector<DeviceIndex> devices;
    Split split = Split::Tensor;
    bool transfer_point = false;
    const MapTarget* shared_by = nullptr;  // experts that are sent one input
  };

  const LayerEvent& event() const { return part_; }
  const PlatformSpec& platform() const { return rules_.plan.platform; }

  Value& value_of(std::int64_t seq) {
    Value* const value = values_.find(seq, microbatch_);
    if (value == nullptr)
      event_problem(event(), "it depends on event " + std::to_string(seq) + ", more than " + std::to_string(window) +
                                 " events before it; expected nearer ones");
    return *value;
  }

  void plan_event(EventTasks& out) {
    part_ = rules_.microbatches > 1 ? rows_of(placed_->event, microbatch_, rules_.microbatches) : placed_->event;
    values_.make_room(part_.seq);
    find_inputs();
    const Place place = place_of();
    const PartSplit split = split_of(place);
    std::vector<std::vector<Pieces>> arrived = bring_inputs(place, split);
    if (placed_->attention >= 0) bring_cache(place, arrived);
    Value& value = value_of(part_.seq);
    value = output_of(place, split);
    const bool stays = stays_in_place(place);
    value.cuts = input_cuts_;
    for (std::size_t i = 0; i < place.devices.size(); ++i)
      value.made.push_back(compute(place.devices[i], split.parts[i], arrived[i], stays, value.cuts[i]));
    if (value.layout == Layout::Whole)
      for (std::size_t i = 0; i < place.devices.size(); ++i)
        value.whole_at.push_back({place.devices[i], value.made[i]});
    if (placed_->attention >= 0) keep_cache(place, value);
    if (placed_->ends_prefill && microbatch_ + 1 == rules_.microbatches) end_prefill();

    out.event = part_;
    out.counts = microbatch_ == 0;
    out.phase = placed_->state.phase;
    out.devices = name_of(place.devices);
    current_ = place.devices;
    current_split_ = place.split;
  }

  /// data_: the values that flow into the event; control_: those that it only waits for.
  void find_inputs() {
    data_.clear();
    control_.clear();
    std::vector<std::int64_t> deps = part_.deps;
    if (deps.empty() && part_.seq > 0) deps.push_back(part_.seq - 1);
    const double width = static_cast<double>(part_.input_shape.from_end(0));
    for (const std::int64_t dep : deps) {
      Value& value = value_of(dep);
      const bool flows = part_.kind == EventKind::Function || value.width == width;
      (flows ? data_ : control_).push_back(&value);
    }
    // Sizes need not fit where a layer looks its input up or forms it anew.
    if (data_.empty()) std::swap(data_, control_);
  }

  Place place_of() const {
    Place place;
    const MapTarget* target = placed_->found.target;
    if (target == nullptr) {
      place.devices = data_.empty() ? current_ : data_.front()->devices;
      place.split = data_.empty()                           ? current_split_
                    : data_.front()->layout == Layout::Rows ? Split::Replicas
                                                            : Split::Tensor;
      return place;
    }
    place.devices = target->devices;
    place.split = target->split;
    place.transfer_point = target->transfer_point;
    if (target->split == Split::Experts && target->devices.size() > 1) {
      if (part_.experts.size() != 1)
        event_problem(part_, "it is mapped by experts, but belongs to none; expected another split");
      const auto expert = static_cast<std::size_t>(part_.experts.front());
      place.devices = {target->devices[expert % target->devices.size()]};
    }
    if (target->shared_input) place.shared_by = target;
    return place;
  }

  PartSplit split_of(const Place& place) const {
    const std::size_t n = place.devices.size();
    if (n == 1) {
      PartSplit whole;
      whole.parts.push_back({part_, std::nullopt, false});
      return whole;
    }
    if (place.split == Split::Replicas) return split_rows(part_, n);
    std::vector<double> input_shares;
    if (!place.transfer_point && !data_.empty() && data_.front()->layout == Layout::Sharded &&
        data_.front()->devices == place.devices)
      input_shares = data_.front()->shares;
    return split_tensors(part_, n, input_shares, {rules_.query_heads, rules_.key_value_heads});
  }

  Wanted wanted(const Place& place, const PartSplit& split, double bytes) const {
    Wanted input;
    input.devices = place.devices;
    input.layout = split.wants;
    input.shares = split.shares;
    input.bytes = bytes;
    input.from_host = place.transfer_point;
    return input;
  }

  /// By device the pieces of every input.
  std::vector<std::vector<Pieces>> bring_inputs(const Place& place, const PartSplit& split) {
    std::vector<std::vector<Pieces>> arrived(place.devices.size());
    input_cuts_.assign(place.devices.size(), 1);
    const auto add = [&](const std::vector<Pieces>& pieces) {
      for (std::size_t i = 0; i < pieces.size(); ++i) arrived[i].push_back(pieces[i]);
    };
    const double own_bytes = rules_.plan.model.input_bytes(part_);
    for (const Value* value : control_) add(std::vector<Pieces>(place.devices.size(), tasks_.together(value->made)));
    if (data_.empty()) {
      Value ids = whole_value(host_device, own_bytes, {});
      add(mover_.bring(ids, wanted(place, split, own_bytes)));
    } else if (takes_ids(part_)) {
      // Tokens are chosen where their logits are: what moves are ids.
      Value ids = whole_value(data_.front()->first_holder(), own_bytes, tasks_.together(data_.front()->made));
      add(mover_.bring(ids, wanted(place, split, own_bytes)));
    } else if (data_.size() > 1 && std::all_of(data_.begin(), data_.end(), [](const Value* value) {
                 return value->of_expert && value->devices.size() == 1;
               })) {
      Value combined = mover_.combine(data_, wanted(place, split, own_bytes));
      add(mover_.bring(combined, wanted(place, split, combined.bytes)));
    } else {
      for (Value* value : data_) {
        const std::vector<Pieces> brought = bring_one(*value, place, split, own_bytes);
        if (rules_.chunks > 1 && brought == value->made)
          for (std::size_t i = 0; i < brought.size(); ++i) input_cuts_[i] = std::max(input_cuts_[i], value->cuts[i]);
        add(brought);
      }
    }
    return arrived;
  }

  std::vector<Pieces> bring_one(Value& value, const Place& place, const PartSplit& split, double own_bytes) {
    const bool rows_only = part_.kind == EventKind::Layer && own_bytes < value.bytes;
    Wanted input = wanted(place, split, rows_only ? own_bytes : value.bytes);
    if (rows_only && part_.experts.size() == 1) input.expert = part_.experts.front();
    if (part_.experts.size() == 1)
      for (const Value* chooser : control_)
        input.after = tasks_.together({input.after, tasks_.together(chooser->made)});
    if (place.shared_by == nullptr || own_bytes <= 0) return mover_.bring(value, input);
    input.bytes = value.bytes;
    input.expert.reset();
    const std::vector<DeviceIndex>& all = place.shared_by->devices;
    if (all.size() > 1 && transfers_.routes().find_broadcast(all)) {
      Wanted broadcast = input;
      broadcast.devices = all;
      mover_.bring(value, broadcast);
    }
    return mover_.bring(value, input);
  }

  Value output_of(const Place& place, const PartSplit& split) const {
    Value value;
    value.devices = place.devices;
    value.layout = split.gives;
    value.shares = split.shares;
    value.bytes = rules_.plan.bytes_per_element * part_.output_shape.elements();
    value.width = static_cast<double>(part_.output_shape.from_end(0));
    value.of_expert = part_.experts.size() == 1;
    return value;
  }

  /// Do all events that depend on this one run on the same devices, in the same way? A device computes in order: when
  /// it comes to an event, the pieces of what it has made before have ended. Only a transfer to other devices that is
  /// cut could set out after the first of them; without one, the last piece is all that anybody waits for, and this
  /// event is cut only where it waits for pieces itself.
  bool stays_in_place(const Place& place) const {
    if (rules_.chunks == 1 || rules_.prefetch_weights || place.split == Split::Experts || !part_.experts.empty())
      return false;
    return std::all_of(placed_->consumers.begin(), placed_->consumers.end(), [&](const MapTarget* target) {
      return target != nullptr && target->devices == place.devices && target->split == place.split &&
             !target->transfer_point && !target->shared_input;
    });
  }

  /// `cuts`: of the inputs that were made here; then of the output, see Value.
  Pieces compute(DeviceIndex device, const Part& part, const std::vector<Pieces>& arrived, bool stays,
                 std::size_t& cuts) {
    Demand demand;
    if (!part.empty) {
      CostState state = placed_->state;
      state.held_key_value_heads = part.kv_heads;
      demand = rules_.plan.model.cost(part.event, platform().devices[device].architecture, state);
      if (account_ != nullptr) account_->add(device, part_, part.event, part.kv_heads);
    }
    if (demand.size() == 0) {
      cuts = 1;
      return tasks_.together(arrived);
    }
    std::size_t pieces = 1;
    for (const Pieces& input : arrived) pieces = std::max(pieces, input.size());
    cuts = std::max(cuts, pieces);
    if (!stays) pieces = cuts;
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
    return stays ? Pieces{made.back()} : made;
  }

  KvPlace cache_place(const Place& place) const {
    return kv_place(part_, place.devices, place.split, rules_.key_value_heads);
  }

  /// Of the whole event, rows of this micro-batch.
  double cache_bytes() const {
    return kv_bytes_of(rules_.plan.model.cost(part_, platform().devices[host_device].architecture, placed_->state));
  }

  void bring_cache(const Place& place, std::vector<std::vector<Pieces>>& arrived) {
    const std::vector<Pieces> pieces =
        caches_.bring({placed_->attention, microbatch_}, cache_place(place), cache_bytes());
    for (std::size_t i = 0; i < pieces.size(); ++i) arrived[i].push_back(pieces[i]);
  }

  /// A cache that decode needs elsewhere sets out as soon as prefill has made it.
  void keep_cache(const Place& place, const Value& value) {
    const std::pair<std::int64_t, std::int64_t> which{placed_->attention, microbatch_};
    const double bytes = cache_bytes();
    if (bytes <= 0) return;
    std::vector<Pieces> complete;
    for (const Pieces& pieces : value.made) {
      complete.emplace_back();
      add_last(complete.back(), pieces);
    }
    caches_.put(which, cache_place(place), std::move(complete), bytes);
    if (placed_->state.phase != Phase::Prefill) return;
    const MapTarget* later = rules_.plan.mapping.find(part_, Phase::Decode, placed_->layer).target;
    if (later == nullptr || later->split == Split::Experts) return;
    Place next;
    next.devices = later->devices;
    next.split = later->split;
    caches_.bring(which, cache_place(next), bytes);
  }

  void end_prefill() {
    std::vector<TaskId> after;
    const std::int64_t own = microbatch_;
    for (microbatch_ = 0; microbatch_ < rules_.microbatches; ++microbatch_)
      for (const Pieces& pieces : value_of(part_.seq).made) add_last(after, pieces);
    microbatch_ = own;
    tasks_.prefill_end(std::move(after));
  }

  /// The last layer event's input goes back to the host, once for each pass.
  void plan_end(EventTasks& out) {
    ended_ = true;
    out.is_event = false;
    out.phase = blocks_.state().phase;
    out.devices = name_of(current_);
    if (blocks_.last_layer_seq() < 0 || blocks_.last_layer_input().empty()) return;
    const double bytes = rules_.plan.bytes_per_element * last_four_sizes(blocks_.last_layer_input()) *
                         static_cast<double>(blocks_.forward_passes());
    std::vector<Pieces> made;
    std::vector<DeviceIndex> devices;
    std::vector<double> shares;
    for (microbatch_ = 0; microbatch_ < rules_.microbatches; ++microbatch_) {
      const Value& value = value_of(blocks_.last_layer_seq());
      devices = value.devices;
      shares = value.layout == Layout::Rows ? value.shares : std::vector<double>{1};
      made.insert(made.end(), value.made.begin(), value.made.end());
    }
    const Pieces all = tasks_.together(made);
    for (std::size_t i = 0; i < shares.size(); ++i)
      transfers_.send_whole(devices[i], host_device, shares[i] * bytes, all, "result");
  }

  const std::string& name_of(const std::vector<DeviceIndex>& devices) {
    std::string& name = names_[devices];
    if (name.empty()) name = device_set_name(platform(), devices);
    return name;
  }

  const TaskRules rules_;
  MemoryAccount* const account_;
  EventBlocks blocks_;
  TaskMaker tasks_;
  Transfers transfers_;
  Collectives collectives_;
  DataMover mover_;
  KvCaches caches_;

  const PlacedEvent* placed_ = nullptr;
  std::int64_t microbatch_ = 0;
  LayerEvent part_;  // of placed_, the rows of the micro-batch
  std::vector<Value*> data_;
  std::vector<Value*> control_;
  std::vector<std::size_t> input_cuts_;  // by device: of the inputs that were made there
  RecentValues values_;
  std::vector<DeviceIndex> current_{host_device};
  Split current_split_ = Split::Tensor;
  std::map<std::vector<DeviceIndex>, std::string> names_;
  bool ended_ = false;
};

TaskPlanner::TaskPlanner(EventSource& source, const TaskRules& rules, MemoryAccount* account)
    : impl_(std::make_unique<Impl>(source, rules, account)) {}

TaskPlanner::~TaskPlanner() = default;

bool TaskPlanner::next(EventTasks& tasks) {
  return impl_->next(tasks);
}

std::int64_t TaskPlanner::events() const {
  return impl_->blocks().events();
}

std::int64_t TaskPlanner::forward_passes() const {
  return impl_->blocks().forward_passes();
}

}  // namespace upmem_des
