#include "service/serving_tally.hpp"

#include <algorithm>
#include <numeric>

namespace upmem_des {

void ServingTally::arrived(const Request& request, std::int64_t waiting) {
  if (submitted_++ == 0) first_arrival_s_ = request.arrival_s;
  for (RequestObserver* observer : observers_.requests) observer->on_arrival(request.id, request.arrival_s);
  waiting_.push_back(static_cast<std::int32_t>(std::min<std::int64_t>(waiting, INT32_MAX)));
}

void ServingTally::refused(const Request& request, const std::string& why) {
  ++refused_;
  RequestRecord record;
  record.id = request.id;
  record.session = request.session;
  record.arrival_s = request.arrival_s;
  record.prompt_tokens = request.prompt_tokens;
  record.output_tokens = 0;
  record.meets_objectives = false;
  record.refused = why;
  for (RequestObserver* observer : observers_.requests) observer->on_request(record);
}

void ServingTally::token(ServedRequest& request, double now_s) {
  const double told_s = now_s + overhead_s_;
  if (request.outputs++ == 0) {
    request.record.first_token_s = told_s;
    for (RequestObserver* observer : observers_.requests) observer->on_first_token(request.record.id, told_s);
  } else if (const double gap_s = told_s - request.last_token_s; gap_s == same_gap_s_) {
    ++same_gaps_;
  } else {
    inter_token_s_.add(same_gap_s_, same_gaps_);
    same_gap_s_ = gap_s;
    same_gaps_ = 1;
  }
  request.last_token_s = told_s;
}

void ServingTally::finished(ServedRequest& request, std::int64_t hit_tokens, std::int64_t preemptions) {
  RequestRecord& record = request.record;
  record.finish_s = request.last_token_s;
  record.output_tokens = request.outputs;
  record.hit_tokens = hit_tokens;
  record.preemptions = preemptions;
  const std::optional<double> tpot_s = record.time_per_output_token_s();
  const bool ttft = !objectives_.ttft_s || record.time_to_first_token_s() <= *objectives_.ttft_s;
  const bool tpot = !objectives_.tpot_s || !tpot_s || *tpot_s <= *objectives_.tpot_s;
  const bool e2e = !objectives_.e2e_s || record.end_to_end_s() <= *objectives_.e2e_s;
  record.meets_objectives = ttft && tpot && e2e;
  each_meeting_.ttft += objectives_.ttft_s && ttft ? 1 : 0;
  each_meeting_.tpot += objectives_.tpot_s && tpot ? 1 : 0;
  each_meeting_.e2e += objectives_.e2e_s && e2e ? 1 : 0;
  meeting_ += record.meets_objectives ? 1 : 0;
  meeting_prompt_tokens_ += record.meets_objectives ? record.prompt_tokens : 0;
  meeting_output_tokens_ += record.meets_objectives ? record.output_tokens : 0;
  preempted_ += preemptions > 0 ? 1 : 0;
  prompt_tokens_ += record.prompt_tokens;
  output_tokens_ += record.output_tokens;
  times_.time_to_first_token_s.push_back(record.time_to_first_token_s());
  if (tpot_s) tpot_s_.push_back(*tpot_s);
  times_.end_to_end_s.push_back(record.end_to_end_s());
  times_.queued_s.push_back(record.queued_s());
  if (is_apart_) times_.transfer_s.push_back(record.transfer_s.value_or(0));
  last_finish_s_ = std::max(last_finish_s_, record.finish_s);
  for (RequestObserver* observer : observers_.requests) observer->on_request(record);
}

/// Of the arrivals' second half, its second half finds clearly more requests waiting than its first.
bool ServingTally::is_saturated() const {
  constexpr std::size_t few = 20;
  if (waiting_.size() < few) return false;
  const std::size_t half = waiting_.size() / 2, quarter = waiting_.size() / 4;
  const auto mean = [&](std::size_t from, std::size_t to) {
    return std::accumulate(waiting_.begin() + static_cast<std::ptrdiff_t>(from),
                           waiting_.begin() + static_cast<std::ptrdiff_t>(to), 0.0) /
           static_cast<double>(to - from);
  };
  const double third = mean(half, half + quarter), fourth = mean(half + quarter, waiting_.size());
  return fourth > third * 1.2 + 2;
}

void ServingTally::fill(ServingResult& result) const {
  result.submitted = submitted_;
  result.completed = completed();
  result.refused = refused_;
  result.preempted = preempted_;
  result.makespan_s = std::max(0.0, last_finish_s_ - first_arrival_s_);
  result.prompt_tokens = prompt_tokens_;
  result.output_tokens = output_tokens_;
  const std::vector<double>& shares = curve_shares();
  ServedCurves& curves = result.curves;
  result.time_to_first_token_s = spread_of(times_.time_to_first_token_s, shares, curves.time_to_first_token_s);
  result.time_per_output_token_s = spread_of(tpot_s_, shares, curves.time_per_output_token_s);
  result.end_to_end_s = spread_of(times_.end_to_end_s, shares, curves.end_to_end_s);
  result.queued_s = spread_of(times_.queued_s, shares, curves.queued_s);
  result.wait_classes = wait_classes(times_);
  result.mean_wait = mean_wait(result.wait_classes);
  SpreadCounter gaps = inter_token_s_;
  gaps.add(same_gap_s_, same_gaps_);
  result.inter_token_s = gaps.spread();
  result.objectives = {objectives_.ttft_s, objectives_.tpot_s, objectives_.e2e_s};
  result.meeting_objectives = meeting_;
  result.meeting = each_meeting_;
  result.steps.count = steps_;
  result.steps.mean_tokens = steps_ > 0 ? static_cast<double>(step_tokens_) / static_cast<double>(steps_) : 0;
  result.steps.mean_running = steps_ > 0 ? static_cast<double>(step_running_) / static_cast<double>(steps_) : 0;
  result.requests_J = requests_J();
  result.of_prompt_tokens_J = of_prompts_J_;
  result.is_saturated = is_saturated();
}

}  // namespace upmem_des
