/// A described model's stream step by step.
#include <algorithm>
#include <utility>

#include "model/decoder_source.hpp"

namespace upmem_des {

/// Goes on to the next call; false at the end.
bool DecoderSource::open_step() {
  while (at_ == end_ && section_ != Section::End) open_next();
  return section_ != Section::End;
}

bool DecoderSource::next(StepCalls& step) {
  if (!open_step()) return false;
  if (repeats_ && repeat_step(step)) return true;
  auto sequence = std::make_shared<CallSequence>();
  step.calls.clear();
  step.first_seq = seq_;
  step.step = step_;
  step_calls_.clear();
  call_places_.clear();
  const bool is_decode = phase_ == Phase::Decode;
  bool has_experts = false;
  LayerEvent event;
  while (open_step() && step_ == step.step) {
    const ReadyCall& made = *at_;
    has_experts = has_experts || section_ == Section::Experts;
    next(event);
    sequence->add(event, place_of(made, step, event));
  }
  if (sequence_ == nullptr || !(*sequence_ == *sequence)) sequence_ = std::move(sequence);
  step.sequence = sequence_;
  repeats_ = is_decode && !has_experts;
  return true;
}

/// Calls of different layers are one; those of experts where these have equally many rows.
std::uint32_t DecoderSource::place_of(const ReadyCall& made, StepCalls& step, const LayerEvent& event) {
  const std::int64_t rows = event.experts.empty() ? -1 : sizes_.expert_rows;
  const auto [place, is_new] = call_places_.emplace(std::make_pair(&made, rows), step.calls.size());
  if (is_new) {
    step.calls.push_back(call_of(event));
    step_calls_.push_back(&made);
  }
  return place->second;
}

/// The next step where it is a decode step of a model without experts and the one before it was: only sizes differ.
bool DecoderSource::repeat_step(StepCalls& step) {
  const bool has_sampling = section_ == Section::Sampling;
  const std::int64_t pass = has_sampling ? std::max(pass_ + 1, run_.first_decode_pass) : pass_;
  if (pass >= run_.output_tokens || step.sequence != sequence_) return false;
  const auto events = static_cast<std::int64_t>(step.size());
  if (has_sampling) {
    // Sampling reads what the pass before has given.
    std::array<std::int64_t, last_value + 1> values = values_;
    pass_ = pass;
    open_pass();
    for (std::int64_t& value : values)
      if (value >= 0) value += events;
    values_ = values;
  }
  step.first_seq = seq_;
  step.step = step_;
  for (std::size_t i = 0; i < step_calls_.size(); ++i) {
    step.calls[i].input_shape = step_calls_[i]->input;
    step.calls[i].output_shape = step_calls_[i]->output;
  }
  seq_ += events;
  if (has_sampling) {
    step_ = pass_ + 1;
    open(Section::Sampling, sampling_, 0, sampling_paths_.data());
  } else {
    pass_ = std::max(pass_ + 1, run_.first_decode_pass);
    open_pass();
  }
  return true;
}

}  // namespace upmem_des
