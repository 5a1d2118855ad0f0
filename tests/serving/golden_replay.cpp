#include "golden_replay.hpp"

#include <algorithm>
#include <deque>
#include <stdexcept>
#include <utility>
#include <vector>

#include "serving/schedulers/vllm_v1.hpp"

namespace upmem_des {

namespace {

using Json = nlohmann::json;

class GoldenReplay {
 public:
  explicit GoldenReplay(const GoldenTrace& trace) : trace_(trace), scheduler_(trace.options) {
    for (const Json& record : trace.steps) records_.push_back({{"step", record.at("step")}});
  }

  /// What we would have written down.
  const std::vector<Json>& run() {
    for (std::size_t index = 0; index < records_.size(); ++index) {
      arrive(records_[index].at("step").get<int>());
      schedule(index);
      if (!under_way_.empty() && (!trace_.options.async || under_way_.size() > 1 || under_way_.back().second != index))
        end_step(index);
      records_[index]["running_after"] = names(scheduler_.running());
      records_[index]["waiting_after"] = names(scheduler_.waiting());
      records_[index]["blocks_used_end"] = scheduler_.blocks_used();
    }
    return records_;
  }

 private:
  void arrive(int step) {
    for (; next_ < trace_.requests.size() && trace_.arrival_steps[next_] <= step; ++next_)
      scheduler_.add(trace_.requests[next_]);
  }

  void schedule(std::size_t index) {
    Pass pass;
    scheduler_.schedule(static_cast<double>(index), pass);
    Json& record = records_[index];
    for (const char* key : {"scheduled", "prefix_hit_tokens", "resumed_at"}) record[key] = Json::object();
    for (const char* key : {"emits", "finished"}) record[key] = Json::array();
    for (const ScheduledRequest& entry : pass.scheduled) {
      const std::string& name = name_of(entry.slot);
      record["scheduled"][name] = entry.tokens;
      if (entry.resumed)
        record["resumed_at"][name] = entry.context;
      else if (entry.hit_tokens > 0)
        record["prefix_hit_tokens"][name] = entry.hit_tokens;
    }
    record["preempted"] = names(pass.preempted);
    record["blocks_used_after_schedule"] = scheduler_.blocks_used();
    if (!pass.empty()) under_way_.emplace_back(std::move(pass), index);
  }

  void end_step(std::size_t now) {
    const auto [pass, index] = std::move(under_way_.front());
    under_way_.pop_front();
    StepEnd end;
    scheduler_.end_step(pass, end);
    records_[index]["emits"] = names(end.sampled);
    records_[index]["finished"] = names(end.finished);
    records_[index]["processed_after_schedule_of_step"] = records_[now].at("step");
  }

  const std::string& name_of(std::uint32_t slot) const {
    return trace_.names[static_cast<std::size_t>(scheduler_.request(slot).request.id)];
  }

  Json names(const std::vector<std::uint32_t>& slots) const {
    Json all = Json::array();
    for (const std::uint32_t slot : slots) all.push_back(name_of(slot));
    return all;
  }

  const GoldenTrace& trace_;
  VllmV1 scheduler_;
  std::vector<Json> records_;
  std::deque<std::pair<Pass, std::size_t>> under_way_;  ///< with the record of each
  std::size_t next_ = 0;
};

/// Those preempted are a set in vLLM, without an order.
Json without_order(const std::string& key, Json value) {
  if (key == "preempted") std::sort(value.begin(), value.end());
  return value;
}

}  // namespace

std::string first_difference(const GoldenTrace& trace) {
  GoldenReplay replay(trace);
  const std::vector<Json>& ours = replay.run();
  for (std::size_t index = 0; index < ours.size(); ++index)
    for (const auto& [key, theirs] : trace.steps[index].items()) {
      const std::string where = trace.name + ": step " + ours[index].at("step").dump() + ": " + key;
      if (!ours[index].contains(key)) throw std::runtime_error(where + ": unknown key");
      if (without_order(key, ours[index].at(key)) != without_order(key, theirs))
        return where + ": is " + ours[index].at(key).dump() + ", not " + theirs.dump();
    }
  return "";
}

}  // namespace upmem_des
