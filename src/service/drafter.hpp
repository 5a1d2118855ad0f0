/// What it takes to draft tokens.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "service/step_costs.hpp"
#include "upmem_des/serving/scheduler.hpp"

namespace upmem_des {

/// What is drafted after a step.
struct DraftCost {
  StepCost first;  ///< the draft reads what the step has computed, for its own cache, and makes the first token
  StepCost later;  ///< and the others, one row of a sequence each
  double host_s = 0;

  double time_s() const { return first.time_s + later.time_s + host_s; }
  double dynamic_J() const { return first.dynamic_J + later.dynamic_J; }
};

/// Asks the costs of a draft, a model or further layers of the target's, for the passes that follow a step: one over
/// the same rows as the step's, and k − 1 of one row for each request that has put out a token, the last one of a
/// request included: that it was the last is known afterwards. Each pass gives the logits of a sequence's last row.
class Drafter {
 public:
  struct Options {
    std::int64_t tokens = 1;  ///< k
    double host_s = 0;        ///< once after a step that puts out a token
  };

  /// Without costs only the host drafts.
  Drafter(std::unique_ptr<StepCosts> costs, const Options& options) : costs_(std::move(costs)), options_(options) {}

  /// Sets `draft` to what follows a step. Throws as StepCosts::cost() does.
  void cost(const Pass& pass, DraftCost& draft);

  /// The rows that later passes read of a request's cache, in all, and how many passes there are.
  double later_rows(const ScheduledRequest& entry) const;
  std::int64_t later_passes() const { return options_.tokens - 1; }

  std::int64_t planned_steps() const { return costs_ == nullptr ? 0 : costs_->planned_steps(); }

 private:
  std::unique_ptr<StepCosts> costs_;
  const Options options_;
  StepCost pass_;  // of one pass
};

}  // namespace upmem_des
