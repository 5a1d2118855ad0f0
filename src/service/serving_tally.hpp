/// Puts together what became of requests.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "price/cost_formulas.hpp"
#include "scenario/serving_section.hpp"
#include "service/served_waits.hpp"
#include "upmem_des/requests/request.hpp"
#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// A request that an engine has.
struct ServedRequest {
  RequestRecord record;
  double last_token_s = 0;
  std::int64_t outputs = 0;
  bool leaves = false;  ///< with its first token, for an instance that generates
  /// What the instance that it came from found in its cache and preempted.
  std::int64_t hit_tokens_before = 0;
  std::int64_t preemptions_before = 0;
};

class ServingTally {
 public:
  struct Observers {
    std::vector<RequestObserver*> requests;
    std::vector<ServingObserver*> steps;
  };

  /// The observers outlive the tally. With `disaggregation` caches are sent.
  ServingTally(const ServingObjectives& objectives, double request_overhead_s, Observers observers,
               const std::optional<DisaggregationSection>& disaggregation = std::nullopt)
      : objectives_(objectives),
        overhead_s_(request_overhead_s),
        observers_(std::move(observers)),
        is_apart_(disaggregation.has_value()) {
    times_.transfers_before_first_token = is_apart_ && disaggregation->decode_gives_first;
  }

  /// So many requests wait as one arrives.
  void arrived(const Request& request, std::int64_t waiting);
  void refused(const Request& request, const std::string& why);
  /// The first step that it has a part in begins, unless one has before.
  void scheduled(ServedRequest& request, double now_s) {
    if (request.record.scheduled_s >= 0) return;
    request.record.scheduled_s = now_s;
    for (RequestObserver* observer : observers_.requests) observer->on_scheduled(request.record.id, now_s);
  }
  /// A request has got a token at that time.
  void token(ServedRequest& request, double now_s);
  void finished(ServedRequest& request, std::int64_t hit_tokens, std::int64_t preemptions);
  /// Drawn for a request, in a step that computes its prompt or not.
  void drawn(ServedRequest& request, double energy_J, bool is_prompt) {
    request.record.energy_J += energy_J;
    (is_prompt ? of_prompts_J_ : of_outputs_J_) += energy_J;
  }
  /// A step has taken so long, of which `prompt_s` is that of prompts' tokens.
  void timed(double step_s, double prompt_s) {
    steps_s_ += step_s;
    prompts_s_ += prompt_s;
  }
  void planned(const ServingStep& step) {
    for (ServingObserver* observer : observers_.steps) observer->on_planned_step(step);
  }
  void step(const ServingStep& step) {
    ++steps_;
    step_tokens_ += step.tokens;
    step_running_ += step.requests;
    for (ServingObserver* observer : observers_.steps) observer->on_step(step);
  }

  std::int64_t completed() const { return static_cast<std::int64_t>(times_.end_to_end_s.size()); }
  double requests_J() const { return of_prompts_J_ + of_outputs_J_; }

  /// Of the time that steps took, and of what requests drew, the share of prompts' tokens.
  double prompt_time_share() const { return steps_s_ > 0 ? prompts_s_ / steps_s_ : 0; }
  double prompt_energy_share() const { return requests_J() > 0 ? of_prompts_J_ / requests_J() : 0; }
  /// Of those that met the objectives; none where there are no objectives.
  std::optional<AnsweredCounts> meeting_counts() const {
    if (!objectives_.ttft_s && !objectives_.tpot_s && !objectives_.e2e_s) return std::nullopt;
    return AnsweredCounts{meeting_, meeting_prompt_tokens_, meeting_output_tokens_};
  }

  /// Fills in all but what engines and the machine have to say.
  void fill(ServingResult& result) const;

 private:
  bool is_saturated() const;

  const ServingObjectives objectives_;
  const double overhead_s_;
  const Observers observers_;
  const bool is_apart_;
  std::int64_t submitted_ = 0;
  std::int64_t refused_ = 0;
  std::int64_t preempted_ = 0;
  std::int64_t meeting_ = 0;
  std::int64_t meeting_prompt_tokens_ = 0;
  std::int64_t meeting_output_tokens_ = 0;
  ServingResult::Meeting each_meeting_;
  std::int64_t prompt_tokens_ = 0;
  std::int64_t output_tokens_ = 0;
  double first_arrival_s_ = 0;
  double last_finish_s_ = 0;
  double of_prompts_J_ = 0;
  double of_outputs_J_ = 0;
  double steps_s_ = 0;
  double prompts_s_ = 0;
  std::int64_t steps_ = 0;
  std::int64_t step_tokens_ = 0;
  std::int64_t step_running_ = 0;
  // By request, in the order in which they end: percentiles are exact.
  ServedTimes times_;
  std::vector<double> tpot_s_;
  std::vector<std::int32_t> waiting_;  // at each arrival
  SpreadCounter inter_token_s_;
  double same_gap_s_ = -1;  // of the latest tokens
  std::int64_t same_gaps_ = 0;
};

}  // namespace upmem_des
