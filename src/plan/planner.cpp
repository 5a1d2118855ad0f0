#include "plan/planner.hpp"

#include "plan/block_transfers.hpp"
#include "plan/published_transfers.hpp"

namespace upmem_des {

namespace {

/// The transfer that ends a run is counted by the last four sizes under both rules (docs/models.md, Transfers).
double last_four_sizes(const Shape& shape) {
  double product = 1;
  for (std::size_t i = 0; i < 4; ++i) product *= static_cast<double>(shape.from_end(i));
  return product;
}

}  // namespace

std::unique_ptr<TransferPolicy> make_transfer_policy(const CostModel& model, const MoeOptions& moe,
                                                     double bytes_per_element) {
  if (model.transfer_rules() == TransferRules::Published)
    return std::make_unique<PublishedTransfers>(model, moe, bytes_per_element);
  return std::make_unique<BlockTransfers>(model, moe, bytes_per_element);
}

Planner::Planner(EventSource& source, const PlanRules& rules)
    : source_(source),
      rules_(rules),
      demands_(rules_.model, rules_.platform),
      transfers_(make_transfer_policy(rules.model, rules.moe, rules.bytes_per_element)) {}

bool Planner::next(PlannedEvent& planned) {
  if (ended_) return false;
  planned.phase = state_.phase;
  planned.before.clear();
  planned.after.clear();
  planned.ends_prefill = planned.repeats = false;
  if (source_.next(event_))
    plan_event(planned);
  else
    plan_end(planned);
  return true;
}

void Planner::plan_event(PlannedEvent& planned) {
  planned.event = &event_;
  ++events_;
  transfers_->place(rules_.mapping.find(event_), planned);
  const DemandCache::Found found = demands_.find(event_, planned.device, state_);
  planned.demand = found.demand;
  planned.kind = found.kind;
  planned.repeats = found.repeats;
  if (event_.kind == EventKind::Layer) last_layer_event_input_ = event_.input_shape;
  if (ends_pass(event_, rules_.last_layer)) count_pass(planned);
}

void Planner::count_pass(PlannedEvent& planned) {
  if (forward_passes_ == 0) {
    planned.ends_prefill = true;
    state_.phase = Phase::Decode;
    state_.cached_tokens = event_.output_shape.from_end(1);
  } else {
    ++state_.cached_tokens;
  }
  ++forward_passes_;
}

void Planner::plan_end(PlannedEvent& planned) {
  ended_ = true;
  planned.event = nullptr;
  planned.demand = nullptr;
  transfers_->finish(planned);
  if (planned.device != host_device && !last_layer_event_input_.empty())
    planned.before.add(
        {planned.device, Direction::DeviceToHost,
         rules_.bytes_per_element * last_four_sizes(last_layer_event_input_) * static_cast<double>(forward_passes_)});
}

}  // namespace upmem_des
