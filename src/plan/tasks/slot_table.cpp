#include "plan/tasks/slot_table.hpp"

#include <algorithm>
#include <utility>

#include "plan/tasks/demand_pieces.hpp"
#include "plan/tasks/part_demand.hpp"
#include "plan/tasks/step_pieces.hpp"

namespace upmem_des {

namespace {

/// Do parts of one event ask devices of one profile for the same?
bool same_part(const Part& a, const Part& b) {
  return a.empty == b.empty && a.kv_heads == b.kv_heads && a.context.share == b.context.share &&
         a.context.has_keys == b.context.has_keys && a.event.experts.size() == b.event.experts.size() &&
         same_sizes(a.event, b.event);
}

}  // namespace

bool SlotTable::Sharing::same_as(const Sharing& other) const {
  return microbatch == other.microbatch && passes == other.passes && spread.same_as(other.spread) &&
         input_shares == other.input_shares;
}

void SlotTable::begin(const CostState& state) {
  state_ = state;
  sharings_.clear();
  by_call_.clear();
  demands_.clear();
  others_.clear();
}

std::size_t SlotTable::find(const StepCalls& step, const Turn& turn, const Placement& placement) {
  Sharing sharing;
  sharing.sites.push_back(turn.placed.site);
  sharing.microbatch = turn.microbatch;
  sharing.passes = turn.placed.state.cached_tokens - state_.cached_tokens;
  sharing.spread = placement.spread;
  sharing.input_shares = placement.input_shares;
  const std::uint32_t call = step.sequence->sites[turn.placed.site].call;
  std::vector<std::size_t>* same_call = nullptr;
  if (rules_.model.costs_by_sizes(turn.part)) {
    same_call = &by_call_[(std::uint64_t{call} << 32U) | static_cast<std::uint32_t>(turn.part.experts.size())];
    for (const std::size_t known : *same_call)
      if (sharings_[known].same_as(sharing)) {
        sharings_[known].sites.push_back(turn.placed.site);
        return known;
      }
  }
  sharing.depends_on_cache = rules_.model.depends_on_cache(turn.part);
  sharing.wants = placement.split.wants;
  sharing.gives = placement.split.gives;
  sharing.shares = placement.split.shares;
  sharing.rows = placement.split.rows;
  sharing.works.resize(placement.spread.devices.size());
  if (same_call != nullptr) same_call->push_back(sharings_.size());
  sharings_.push_back(std::move(sharing));
  return sharings_.size() - 1;
}

std::uint32_t SlotTable::slot(std::size_t index, std::size_t part, std::size_t k, std::size_t pieces,
                              const Demand& demand) {
  Sharing& sharing = sharings_[index];
  for (const Use& use : sharing.uses)
    if (use.part == part && use.k == k && use.pieces == pieces) return use.slot;
  const auto made = static_cast<std::uint32_t>(demands_.size());
  demands_.emplace_back(piece_of(demand, k, pieces));
  sharing.works[part] = true;
  sharing.uses.push_back({part, k, pieces, made});
  return made;
}

std::uint32_t SlotTable::slot(const Demand& demand) {
  std::vector<double> numbers;
  for (const Step& step : demand)
    numbers.insert(numbers.end(),
                   {step.overhead_s, static_cast<double>(step.unit), step.compute.time_s, step.compute.energy_J,
                    step.flop, step.memory.time_s, step.memory.energy_J, step.memory_bytes, step.weight_bytes,
                    step.kv.time_s, step.kv.energy_J, step.kv_bytes});
  const auto [found, is_new] = others_.emplace(std::move(numbers), demands_.size());
  if (is_new) demands_.emplace_back(demand);
  return found->second;
}

std::optional<std::vector<Demand>> SlotTable::demands_of(const StepCalls& step, const std::vector<bool>& changed,
                                                         const CostState& state) const {
  std::vector<Demand> demands = this->demands();
  if (!update(step, changed, state, demands)) return std::nullopt;
  return demands;
}

bool SlotTable::update(const StepCalls& step, const std::vector<bool>& changed, const CostState& state,
                       std::vector<Demand>& demands) const {
  for (const Sharing& sharing : sharings_)
    if ((sharing.depends_on_cache || changed[step.sequence->sites[sharing.sites.front()].call]) &&
        !evaluate(sharing, step, state, demands))
      return false;
  return true;
}

PartSplit SlotTable::split_of(const Sharing& sharing, const StepCalls& step, std::size_t site,
                              const LayerEvent& event) const {
  return split_event(event, sharing.spread, sharing.input_shares, {rules_.query_heads, rules_.key_value_heads},
                     groups_of(step, site, rules_.microbatches));
}

void SlotTable::account(const StepCalls& step, const std::vector<bool>& changed, MemoryAccount& account) const {
  // In the order of the events: attention is known by its place among those of its pass.
  std::vector<std::pair<std::size_t, const Sharing*>> events;
  for (const Sharing& sharing : sharings_)
    if (changed[step.sequence->sites[sharing.sites.front()].call])
      for (const std::size_t site : sharing.sites) events.emplace_back(site, &sharing);
  std::sort(events.begin(), events.end());
  for (const auto& [site, sharing] : events) {
    const LayerEvent event = microbatch_of(step, site, step.event(site), sharing->microbatch, rules_.microbatches);
    const PartSplit split = split_of(*sharing, step, site, event);
    for (std::size_t i = 0; i < split.parts.size(); ++i)
      if (const Part& part = split.parts[i]; !part.empty)
        account.add_again(sharing->spread.devices[i], event, part.event, {part.kv_heads, part.context.share});
  }
}

/// Devices of a group have one profile.
bool SlotTable::same_profile(DeviceIndex a, DeviceIndex b) const {
  // What is fetched ahead depends on what of it the device itself keeps.
  if (rules_.prefetch_weights) return false;
  for (const DeviceGroup& group : rules_.platform.groups)
    if (a >= group.first && a < group.first + group.count) return b >= group.first && b < group.first + group.count;
  return false;
}

bool SlotTable::evaluate(const Sharing& sharing, const StepCalls& step, const CostState& state,
                         std::vector<Demand>& demands) const {
  const std::size_t site = sharing.sites.front();
  const LayerEvent event = microbatch_of(step, site, step.event(site), sharing.microbatch, rules_.microbatches);
  const PartSplit split = split_of(sharing, step, site, event);
  if (split.wants != sharing.wants || split.gives != sharing.gives || split.shares != sharing.shares ||
      split.rows != sharing.rows)
    return false;
  CostState of_event = state;
  of_event.cached_tokens += sharing.passes;
  std::vector<Demand> parts(split.parts.size());
  for (std::size_t i = 0; i < split.parts.size(); ++i) {
    const Part& part = split.parts[i];
    const std::vector<DeviceIndex>& devices = sharing.spread.devices;
    if (i > 0 && same_part(part, split.parts[i - 1]) && same_profile(devices[i], devices[i - 1])) {
      parts[i] = parts[i - 1];
    } else if (!part.empty) {
      of_event.held_key_value_heads = part.kv_heads;
      of_event.context = part.context;
      parts[i] = part_demand(rules_, part.event, sharing.spread.devices[i], of_event);
    }
    if ((parts[i].size() > 0) != sharing.works[i]) return false;
  }
  for (const Use& use : sharing.uses) demands[use.slot] = piece_of(parts[use.part], use.k, use.pieces);
  return true;
}

}  // namespace upmem_des
