#include "service/drafter.hpp"

#include <algorithm>
#include <utility>

namespace upmem_des {

namespace {

/// Tokens of its cache that are right when the step has ended.
std::int64_t kept_rows(const ScheduledRequest& entry) {
  return entry.context + entry.tokens - (entry.drafts - entry.accepted);
}

}  // namespace

void Drafter::cost(const Pass& pass, DraftCost& draft) {
  draft.first = draft.later = StepCost();
  const bool samples = std::any_of(pass.scheduled.begin(), pass.scheduled.end(),
                                   [](const ScheduledRequest& entry) { return entry.samples; });
  draft.host_s = samples ? options_.host_s : 0;
  if (costs_ == nullptr) return;
  std::vector<Slice> slices;
  slices.reserve(pass.scheduled.size());
  SequenceId sequence = 0;
  for (const ScheduledRequest& entry : pass.scheduled) slices.push_back({sequence++, 1, entry.tokens, entry.context});
  costs_->cost(std::move(slices), draft.first);
  for (std::int64_t after = 0; samples && after < later_passes(); ++after) {
    slices = {};
    sequence = 0;
    for (const ScheduledRequest& entry : pass.scheduled)
      if (entry.samples) slices.push_back({sequence++, 1, 1, kept_rows(entry) + after});
    costs_->cost(std::move(slices), pass_);
    append(draft.later, pass_);
  }
}

double Drafter::later_rows(const ScheduledRequest& entry) const {
  const auto passes = static_cast<double>(later_passes());
  return passes * static_cast<double>(kept_rows(entry) + 1) + passes * (passes - 1) / 2;
}

}  // namespace upmem_des
