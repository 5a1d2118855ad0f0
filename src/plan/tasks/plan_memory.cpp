#include "plan/tasks/plan_memory.hpp"

#include <algorithm>
#include <utility>

#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

void PlanMemory::begin(const StepCalls& step, std::vector<std::int64_t> state, const CostState& costs) {
  calls_ = step;
  state_ = std::move(state);
  costs_ = costs;
  plan_ = nullptr;
  sized_.assign(step.calls.size(), false);
  slots_.begin(costs);
}

void PlanMemory::depend_on_size(std::int64_t seq) {
  if (seq >= calls_.first_seq)
    sized_[calls_.sequence->sites[static_cast<std::size_t>(seq - calls_.first_seq)].call] = true;
}

void PlanMemory::keep(std::shared_ptr<const StepPlan> plan) {
  plan_ = std::move(plan);
}

const std::vector<std::int64_t>& PlanMemory::looks_back(const StepCalls& step) {
  if (looked_at_ == step.sequence) return looks_back_;
  looked_at_ = step.sequence;
  looks_back_.clear();
  const CallSequence& sequence = *step.sequence;
  for (std::size_t i = 0; i < sequence.sites.size(); ++i) {
    const CallSequence::Site& site = sequence.sites[i];
    const auto at = static_cast<std::int64_t>(i);
    if (site.backs == 0 && i == 0) looks_back_.push_back(1);
    for (std::uint32_t k = 0; k < site.backs; ++k)
      if (const std::int64_t back = sequence.back[site.first_back + k]; back > at) looks_back_.push_back(back - at);
  }
  std::sort(looks_back_.begin(), looks_back_.end());
  looks_back_.erase(std::unique(looks_back_.begin(), looks_back_.end()), looks_back_.end());
  return looks_back_;
}

bool PlanMemory::same_movement(const StepCalls& step) const {
  if (step.calls.size() != calls_.calls.size()) return false;
  for (std::size_t i = 0; i < step.calls.size(); ++i) {
    const LayerEvent& now = step.calls[i];
    const LayerEvent& then = calls_.calls[i];
    if (!same_but_for_sizes(now, then)) return false;
    if (same_sizes(step, calls_, i)) continue;
    if (sized_[i] || now.weight_shape != then.weight_shape) return false;
    // Whether a layer's input is what another event made is known by its width.
    if (now.kind == EventKind::Layer && (now.input_shape.from_end(0) != then.input_shape.from_end(0) ||
                                         now.output_shape.from_end(0) != then.output_shape.from_end(0)))
      return false;
  }
  return true;
}

std::optional<PlannedStep> PlanMemory::plan_for(const StepCalls& step, const std::vector<std::int64_t>& state,
                                                const CostState& costs) const {
  if (costs.phase != costs_.phase || state != state_ || !same_movement(step)) return std::nullopt;
  std::optional<std::vector<Demand>> demands = slots_.demands_of(step, changed(step), costs);
  if (!demands) return std::nullopt;
  PlannedStep planned;
  planned.plan = plan_;
  planned.demands = std::move(*demands);
  return planned;
}

/// By call: has it other sizes than in the step that is kept?
std::vector<bool> PlanMemory::changed(const StepCalls& step) const {
  std::vector<bool> changed(step.calls.size());
  for (std::size_t i = 0; i < step.calls.size(); ++i) changed[i] = !same_sizes(step, calls_, i);
  return changed;
}

void PlanMemory::account(const StepCalls& step, MemoryAccount& account) const {
  std::vector<bool> told = changed(step);
  // Attention is known by its place among all of a pass.
  for (std::size_t i = 0; i < step.calls.size(); ++i) told[i] = told[i] || attention_of(step.calls[i]) != nullptr;
  slots_.account(step, told, account);
}

}  // namespace upmem_des
