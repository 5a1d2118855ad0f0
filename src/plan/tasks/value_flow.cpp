#include "plan/tasks/value_flow.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "plan/tasks/context_split.hpp"
#include "plan/tasks/demand_pieces.hpp"
#include "plan/tasks/rows_between.hpp"
#include "plan/tasks/state_description.hpp"
#include "plan/tasks/step_pieces.hpp"
#include "trace/parameters.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

[[noreturn]] void event_problem(const LayerEvent& event, const std::string& problem) {
  throw InputError("event " + std::to_string(event.seq) + " ('" + event.name.str() + "'): " + problem);
}

/// Does it add what its input is to what comes before that in the stream?
bool adds(const Operation& operation) {
  const auto* norm = as<operation::Norm>(operation);
  const auto* pointwise = as<operation::Pointwise>(operation);
  return (norm != nullptr && norm->adds) ||
         (pointwise != nullptr && pointwise->function == operation::Pointwise::Function::Residual);
}

bool takes_last_rows(const LayerEvent& event) {
  const auto* pointwise = as<operation::Pointwise>(operation_of(event));
  return pointwise != nullptr && pointwise->last_rows;
}

/// Some rows of a tensor, lying as all of it does.
Value some_rows_of(Value value, double share) {
  value.bytes *= share;
  for (Value& group : value.groups) group = some_rows_of(std::move(group), share);
  value.slices.clear();
  return value;
}

/// Some rows of each sequence, of groups of devices that have whole sequences: as many of each group as it wants.
Value some_rows_of_groups(Value value, const Wanted& wanted) {
  const std::vector<double>& shares = wanted.rows.empty() ? wanted.shares : wanted.rows;
  value.bytes = wanted.bytes;
  value.slices.clear();
  if (value.layout != Layout::Rows || value.part_rows.size() != shares.size()) return value;
  if (value.groups.empty()) value.shares = shares;
  double row = 0;
  for (std::size_t i = 0; i < value.groups.size(); ++i) {
    Value& group = value.groups[i];
    group.slices.clear();
    group.bytes = wanted.bytes * shares[i];
    group.first_row = row;
    group.last_row = row += shares[i];
  }
  return value;
}

/// Is a tensor's share of rows of some part another than what that part wants: other rows of its sequences?
bool has_other_rows(const Value& value, const Wanted& wanted) {
  const std::vector<double>& shares = wanted.rows.empty() ? wanted.shares : wanted.rows;
  return !std::equal(shares.begin(), shares.end(), value.part_rows.begin(), value.part_rows.end(),
                     [](double one, double other) { return std::abs(one - other) < least_share_of_rows; });
}

/// Groups want the rows of their own sequences, whatever the event's own rows are: all of the tensor's, or the last.
void want_own_rows(const Value& value, Wanted& wanted) {
  std::vector<double>& shares = wanted.rows.empty() ? wanted.shares : wanted.rows;
  if (value.part_rows.size() == shares.size()) shares = value.part_rows;
}

Wanted wanted(const std::vector<DeviceIndex>& devices, bool from_host, const PartSplit& split, double bytes) {
  Wanted input;
  input.devices = devices;
  input.layout = split.wants;
  input.shares = split.shares;
  input.rows = split.rows;
  input.bytes = bytes;
  input.from_host = from_host;
  return input;
}

}  // namespace

ValueFlow::ValueFlow(const TaskRules& rules, TaskMaker& tasks)
    : rules_(rules),
      tasks_(tasks),
      transfers_(rules.platform, tasks, rules.chunks),
      collectives_(transfers_, *rules.collectives, rules.collective_log),
      mover_(transfers_, collectives_),
      experts_(transfers_, collectives_, mover_),
      context_(tasks, collectives_, {rules.query_heads, rules.key_value_heads}, rules.bytes_per_element),
      caches_(rules, transfers_),
      values_(TaskRules::window, rules.microbatches) {}

Value& ValueFlow::value_of(std::int64_t seq, const Turn& turn) {
  Value* const value = values_.find(seq, turn.microbatch);
  if (value == nullptr)
    event_problem(turn.part, "it depends on event " + std::to_string(seq) + ", more than " +
                                 std::to_string(TaskRules::window) + " events before it; expected nearer ones");
  return *value;
}

Placement ValueFlow::bring(const Turn& turn) {
  values_.make_room(turn.part.seq);
  const Inputs inputs = inputs_of(turn);
  const Place place = place_of(turn, inputs);
  Placement placement;
  placement.spread = place.spread;
  placement.kept = place.kept;
  if (place.spread.context > 1 && !shares_tokens(turn.part))
    event_problem(turn.part,
                  "it goes along a sequence, whose tokens several devices share; expected another mapping "
                  "of it, or no context parallelism");
  placement.input_shares = input_shares_of(inputs, place);
  placement.split = split_event(turn.part, place.spread, placement.input_shares,
                                {rules_.query_heads, rules_.key_value_heads}, turn.groups);
  placement.stays = stays_in_place(turn, place, placement.split.gives);
  bring_inputs(turn, inputs, place, placement);
  if (turn.placed.attention >= 0) {
    const std::int64_t before = tasks_.work();
    const std::vector<Pieces> cache = caches_.bring(turn, place.spread);
    for (std::size_t i = 0; i < cache.size(); ++i) placement.arrived[i].push_back(cache[i]);
    if (tasks_.work() > before) placement.sized_by.push_back(turn.part.seq);
  }
  if (ContextAttention::is(turn, placement)) {
    context_.gather(placement);
    placement.sized_by.push_back(turn.part.seq);
  }
  return placement;
}

bool ValueFlow::keep(const Turn& turn, const Placement& placement, Made made) {
  const std::int64_t before = tasks_.work();
  if (ContextAttention::is(turn, placement)) context_.add_up(placement, made);
  Value& value = value_of(turn.part.seq, turn);
  value = Value();
  value.seq = turn.part.seq;
  value.spread = placement.kept;
  value.devices = placement.spread.devices;
  value.layout = placement.split.gives;
  value.shares = placement.split.shares;
  value.bytes = rules_.bytes_per_element * turn.part.output_shape.elements();
  value.width = static_cast<double>(turn.part.output_shape.from_end(0));
  value.of_expert = turn.part.experts.size() == 1;
  if (!turn.groups.empty()) value.part_rows = shares_of_groups(turn.groups);
  value.made = std::move(made.pieces);
  value.cuts = std::move(made.cuts);
  if (value.layout == Layout::Whole)
    for (std::size_t i = 0; i < value.devices.size(); ++i) value.whole_at.push_back({value.devices[i], value.made[i]});
  if (placement.spread.is_grid()) make_groups(value, placement);
  if (turn.placed.attention >= 0) caches_.keep(turn, placement.spread, value);
  current_ = placement.spread.devices;
  return tasks_.work() > before;
}

/// Of a grid: what each group has.
void ValueFlow::make_groups(Value& value, const Placement& placement) {
  const std::size_t size = placement.spread.group_size();
  double row = 0;
  std::vector<double> first_of_each(value.devices.size(), 0);
  for (std::size_t i = 0; i < placement.spread.replicas; ++i) {
    Value& group = value.groups.emplace_back();
    for (std::size_t at = i * size; at < (i + 1) * size; ++at) {
      group.devices.push_back(value.devices[at]);
      group.shares.push_back(value.shares[at]);
      group.made.push_back(value.made[at]);
      if (value.layout == Layout::Whole) group.whole_at.push_back({value.devices[at], value.made[at]});
    }
    const double share = placement.split.rows[i];
    first_of_each[i * size] = share;
    group.layout = value.layout;
    group.first_row = row;
    group.last_row = row += share;
    group.bytes = value.bytes * share;
    group.width = value.width;
    group.of_expert = value.of_expert;
  }
  value.layout = Layout::Rows;
  value.shares = std::move(first_of_each);
  value.whole_at.clear();
}

ValueFlow::Inputs ValueFlow::inputs_of(const Turn& turn) {
  const LayerEvent& part = turn.part;
  Inputs inputs;
  const double width = static_cast<double>(part.input_shape.from_end(0));
  const auto add = [&](std::int64_t dep) {
    Value& value = value_of(dep, turn);
    const bool flows = part.kind == EventKind::Function || value.width == width;
    (flows ? inputs.data : inputs.control).push_back(&value);
  };
  for (const std::int64_t dep : part.deps) add(dep);
  if (part.waits_for_the_one_before()) add(part.seq - 1);
  // It is done where what is added comes from.
  if (inputs.data.size() > 1 && adds(operation_of(part)))
    std::rotate(inputs.data.begin(), inputs.data.begin() + 1, inputs.data.end());
  // Sizes need not fit where a layer looks its input up or forms it anew.
  if (inputs.data.empty()) std::swap(inputs.data, inputs.control);
  return inputs;
}

ValueFlow::Place ValueFlow::place_of(const Turn& turn, const Inputs& inputs) const {
  Place place;
  const MapTarget* target = turn.placed.found.target;
  if (target == nullptr) {
    const Value* const first = inputs.data.empty() ? nullptr : inputs.data.front();
    // The first event has none: every micro-batch of it stays on the host, where its input comes from.
    if (first == nullptr) return place;
    place.kept = first->spread;
    if (place.kept != nullptr)
      place.spread = *place.kept;
    else
      place.spread.devices = first->devices;
    return place;
  }
  place.spread = *target;
  place.transfer_point = target->transfer_point;
  if (target->split == Split::Experts && target->devices.size() > 1) {
    if (turn.part.experts.size() != 1)
      event_problem(turn.part, "it is mapped by experts, but belongs to none; expected another split");
    const auto expert = static_cast<std::size_t>(turn.part.experts.front());
    const std::vector<Spread>& groups = target->expert_groups;
    if (groups.empty()) {
      place.spread.devices = {target->devices[expert % target->devices.size()]};
      place.spread.weights.clear();
    } else {
      place.kept = &groups[expert % groups.size()];
      place.spread = *place.kept;
    }
  }
  if (place.spread.devices.size() > 1 && place.kept == nullptr) place.kept = target;
  if (target->shared_input) place.shared_by = target;
  return place;
}

std::vector<double> ValueFlow::input_shares_of(const Inputs& inputs, const Place& place) const {
  if (place.spread.devices.size() < 2 || place.transfer_point || inputs.data.empty()) return {};
  const Value& input = *inputs.data.front();
  if (input.devices != place.spread.devices) return {};
  if (!place.spread.is_grid()) return input.layout == Layout::Sharded ? input.shares : std::vector<double>();
  if (input.groups.size() != place.spread.replicas) return {};
  std::vector<double> shares;
  for (const Value& group : input.groups) {
    if (group.layout != Layout::Sharded) return {};
    shares.insert(shares.end(), group.shares.begin(), group.shares.end());
  }
  return shares;
}

void ValueFlow::bring_inputs(const Turn& turn, const Inputs& inputs, const Place& place, Placement& placement) {
  const std::size_t n = place.spread.devices.size();
  placement.arrived.resize(n);
  placement.input_cuts.assign(n, 1);
  const auto add = [&](const std::vector<Pieces>& pieces) {
    for (std::size_t i = 0; i < pieces.size(); ++i) placement.arrived[i].push_back(pieces[i]);
  };
  const std::int64_t before = tasks_.work();
  const double own_bytes = rules_.model.input_bytes(turn.part);
  const Wanted whole = wanted(place.spread.devices, place.transfer_point, placement.split, own_bytes);
  for (const Value* value : inputs.control) add(std::vector<Pieces>(n, tasks_.together(value->made)));
  if (inputs.data.empty()) {
    Value ids = whole_value(host_device, own_bytes, {});
    add(mover_.bring(ids, whole));
  } else if (takes_ids(turn.part)) {
    // Tokens are chosen where their logits are: what moves are ids.
    const Value& logits = *inputs.data.front();
    Value ids = whole_value(logits.first_holder(), own_bytes, tasks_.together(logits.made));
    add(mover_.bring(ids, whole));
  } else {
    std::vector<Value*> experts;
    std::vector<Value*> others;
    for (Value* value : inputs.data) (value->of_expert ? experts : others).push_back(value);
    if (ExpertOutputs::are(experts, whole)) {
      // Partial sums of shared experts are added before any moves.
      const auto rest = std::stable_partition(
          others.begin(), others.end(), [&](const Value* value) { return !experts_.adds_up(experts, *value, whole); });
      experts.insert(experts.end(), rest, others.end());
      others.erase(rest, others.end());
      add(experts_.bring(experts, whole));
    } else {
      others = inputs.data;
    }
    for (Value* value : others) {
      const std::vector<Pieces> brought = bring_one(*value, turn, inputs, place, whole);
      if (rules_.chunks > 1 && brought == value->made)
        for (std::size_t i = 0; i < brought.size(); ++i)
          placement.input_cuts[i] = std::max(placement.input_cuts[i], value->cuts[i]);
      add(brought);
    }
  }
  if (tasks_.work() == before) return;
  // A function takes tensors as they are; a layer may look rows up, or take those of an expert.
  if (turn.part.kind == EventKind::Layer || inputs.data.empty()) placement.sized_by.push_back(turn.part.seq);
  for (const Value* value : inputs.data) placement.sized_by.push_back(value->seq);
}

std::vector<Pieces> ValueFlow::bring_one(Value& value, const Turn& turn, const Inputs& inputs, const Place& place,
                                         const Wanted& whole) {
  const double own_bytes = whole.bytes;
  const bool in_parts = shares_parts(turn.groups, place.spread);
  const bool rows_only = turn.part.kind == EventKind::Layer && own_bytes < value.bytes;
  const bool last_only = takes_last_rows(turn.part) && own_bytes < value.bytes;
  if (in_parts && (rows_only || last_only) && has_other_rows(value, whole)) {
    Value rows = some_rows_of_groups(value, whole);
    return mover_.bring(rows, whole);
  }
  if (last_only) {
    Value rows = some_rows_of(value, own_bytes / value.bytes);
    return mover_.bring(rows, whole);
  }
  Wanted input = whole;
  if (in_parts) want_own_rows(value, input);
  if (!rows_only) input.bytes = value.bytes;
  if ((rows_only || value.layout == Layout::Rows) && turn.part.experts.size() == 1)
    input.expert = turn.part.experts.front();
  if (turn.part.experts.size() == 1)
    for (const Value* chooser : inputs.control)
      input.after = tasks_.together({input.after, tasks_.together(chooser->made)});
  if (place.shared_by == nullptr || own_bytes <= 0) return mover_.bring(value, input);
  input.bytes = value.bytes;
  input.expert.reset();
  const std::vector<DeviceIndex>& all = place.shared_by->devices;
  // Shares are those of the devices that want it.
  if (input.layout == Layout::Whole && all.size() > 1 && transfers_.routes().find_broadcast(all)) {
    Wanted broadcast = input;
    broadcast.rows.clear();
    broadcast.devices = all;
    mover_.bring(value, broadcast);
  }
  return mover_.bring(value, input);
}

/// Do all events that depend on this one run on the same devices, in the same way, and need no collective before? A
/// device computes in order: when it comes to an event, the pieces of what it has made before have ended. Only a
/// transfer to other devices that is cut could set out after the first of them; without one, the last piece is all that
/// anybody waits for, and this event is cut only where it waits for pieces itself.
bool ValueFlow::stays_in_place(const Turn& turn, const Place& place, Layout gives) const {
  if (rules_.chunks == 1 || rules_.prefetch_weights || place.spread.split == Split::Experts ||
      !turn.part.experts.empty() || gives == Layout::Partial ||
      (gives == Layout::Rows && place.spread.sequence_parallel))
    return false;
  const std::vector<const MapTarget*>& consumers = turn.placed.consumers;
  return std::all_of(consumers.begin(), consumers.end(), [&](const MapTarget* target) {
    return target != nullptr && target->same_as(place.spread) && !target->transfer_point && !target->shared_input;
  });
}

void ValueFlow::describe(const Outlook& frame, std::vector<std::int64_t>& state) {
  StateDescription description(frame, state);
  for (const std::int64_t back : frame.looks_back)
    for (std::int64_t microbatch = 0; microbatch < rules_.microbatches; ++microbatch) {
      const Value* const value = values_.find(frame.next_seq - back, microbatch);
      description.add(static_cast<std::int64_t>(value != nullptr));
      if (value != nullptr) description.add(*value);
    }
  caches_.describe(frame.slices, state);
}

/// The last layer event's input goes back to the host.
void ValueFlow::finish(const LastEvents& last) {
  if (last.layer_seq < 0 || last.layer_input_B <= 0) return;
  std::vector<Pieces> made;
  std::vector<DeviceIndex> devices;
  std::vector<double> shares;
  for (std::int64_t microbatch = 0; microbatch < rules_.microbatches; ++microbatch) {
    const Value* const value = values_.find(last.layer_seq, microbatch);
    if (value == nullptr) return;
    devices = value->devices;
    shares = value->layout == Layout::Rows ? value->shares : std::vector<double>{1};
    made.insert(made.end(), value->made.begin(), value->made.end());
  }
  const Pieces all = tasks_.together(made);
  for (std::size_t i = 0; i < shares.size(); ++i)
    transfers_.send_whole(devices[i], host_device, shares[i] * last.layer_input_B, all, "result");
}

}  // namespace upmem_des
