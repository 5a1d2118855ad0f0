#include "trace/event_steps.hpp"

#include <algorithm>
#include <utility>

namespace upmem_des {

std::uint32_t CallTable::find(const LayerEvent& event) {
  const std::uint64_t key = (std::uint64_t{event.type.index()} << 32U) | event.name.index();
  std::vector<std::uint32_t>& places = places_[key];
  for (const std::uint32_t place : places)
    if (same_sizes(calls_[place], event) && same_but_for_sizes(calls_[place], event)) return place;
  const auto place = static_cast<std::uint32_t>(calls_.size());
  calls_.push_back(call_of(event));
  if (places.size() < most_compared) places.push_back(place);
  return place;
}

void CallTable::clear() {
  calls_.clear();
  for (auto& [key, places] : places_) places.clear();
}

/// Is there a further event of the step?
bool EventSteps::read(const StepCalls& step, std::size_t events) {
  if (events == largest) return false;
  if (!has_ahead_) has_ahead_ = source_.next(ahead_);
  return has_ahead_ && (events == 0 || ahead_.step == step.step);
}

/// Reads on as long as events are those of the latest step, but for the sizes of whole calls; how many are.
std::size_t EventSteps::follow(StepCalls& step) {
  if (latest_ == nullptr) return 0;
  const CallSequence& latest = *latest_;
  is_known_.assign(calls_.size(), false);
  std::size_t i = 0;
  for (; i < latest.sites.size() && read(step, i); ++i) {
    if (i == 0) step.step = ahead_.step;
    const CallSequence::Site& site = latest.sites[i];
    if (site.path != ahead_.path || site.id != ahead_.id.value_or(-1) || site.backs != ahead_.deps.size() ||
        site.waits_for_nothing != ahead_.waits_for_nothing || site.experts != ahead_.experts)
      break;
    bool same_deps = true;
    for (std::uint32_t k = 0; k < site.backs; ++k)
      same_deps = same_deps && latest.back[site.first_back + k] == ahead_.seq - ahead_.deps[k];
    LayerEvent& call = calls_[site.call];
    if (!same_deps || !same_but_for_sizes(call, ahead_)) break;
    if (!same_sizes(call, ahead_)) {
      if (is_known_[site.call]) break;
      call.input_shape = ahead_.input_shape;
      call.output_shape = ahead_.output_shape;
      call.weight_shape = ahead_.weight_shape;
      call.kv_length = ahead_.kv_length;
      call.slices = ahead_.slices;
    }
    is_known_[site.call] = true;
    next_seq_ = ahead_.seq + 1;
    has_ahead_ = false;
  }
  return i;
}

/// The step goes on otherwise than the latest one, after so many events.
void EventSteps::part_from_latest(StepCalls& step, std::size_t followed) {
  table_.clear();
  sequence_ = std::make_shared<CallSequence>();
  step.sequence = latest_;
  step.calls = calls_;
  for (std::size_t i = 0; i < followed; ++i) add(step.event(i));
}

void EventSteps::add(const LayerEvent& event) {
  sequence_->add(event, table_.find(event));
}

Answer EventSteps::next(const Progress& /*progress*/, StepCalls& step) {
  step.first_seq = next_seq_;
  std::size_t events = follow(step);
  if (latest_ == nullptr || events < latest_->sites.size() || read(step, events)) {
    part_from_latest(step, events);
    for (; read(step, events); ++events) {
      if (events == 0) step.step = ahead_.step;
      add(ahead_);
      next_seq_ = ahead_.seq + 1;
      has_ahead_ = false;
    }
    latest_ = std::move(sequence_);
    calls_ = table_.calls();
  }
  step.sequence = latest_;
  step.calls = calls_;
  return events > 0 ? Answer::step() : Answer::end();
}

}  // namespace upmem_des
