/// A described model's stream step by step.
#include <algorithm>
#include <utility>

#include "model/decoder_source.hpp"

namespace upmem_des {

/// A step that is given out ends one pass, or none where it is sampling alone.
void DecoderSource::tell(const Progress& progress) {
  progress_.now_s = progress.now_s;
  for (; told_ < progress.ended_steps && !given_.empty(); ++told_) {
    progress_.ended_steps = given_.front();
    given_.pop_front();
  }
}

/// Opens the next pass where no calls are left.
Answer DecoderSource::open_step() {
  if (has_calls()) return Answer::step();
  const Answer answer = ask();
  if (answer.kind == Answer::Kind::Step) open_pass();
  return answer;
}

Answer DecoderSource::next(const Progress& progress, StepCalls& step) {
  tell(progress);
  if (repeat_step(step)) return Answer::step();
  if (const Answer answer = open_step(); answer.kind != Answer::Kind::Step) return answer;
  auto sequence = std::make_shared<CallSequence>();
  step.calls.clear();
  step.parts.clear();
  step.first_seq = seq_;
  step.step = step_;
  step.freed.clear();
  if (section_ != Section::Sampling) step.freed = slices_.freed;
  step_calls_.clear();
  call_places_.clear();
  repeats_.reset();
  add_calls(step, *sequence);
  if (sequence_ == nullptr || !(*sequence_ == *sequence)) sequence_ = std::move(sequence);
  step.sequence = sequence_;
  give_out();
  return Answer::step();
}

/// A pass has ended when its sampling has.
void DecoderSource::give_out() {
  given_.push_back(has_calls() ? opened_ - 1 : opened_);
}

void DecoderSource::add_calls(StepCalls& step, CallSequence& sequence) {
  StepForm form;
  form.samples = section_ == Section::Sampling;
  form.phase = phase_;
  bool has_pass = !form.samples;
  bool has_experts = false;
  LayerEvent event;
  while (true) {
    if (has_calls()) {
      if (step_ != step.step) break;
      const ReadyCall& made = *at_;
      has_experts = has_experts || section_ == Section::Experts;
      make_event(event);
      sequence.add(event, place_of(made, step, event));
    } else {
      // A pass that follows sampling is of its step where it is there already.
      if (step_ != step.step || ask().kind != Answer::Kind::Step || slices_.number != step.step) break;
      open_pass();
      step.freed = slices_.freed;
      form.phase = phase_;
      has_pass = true;
    }
  }
  if (has_pass && !has_experts) repeats_ = form;
}

/// Calls of different layers are one; those of experts where these have equally many rows.
std::uint32_t DecoderSource::place_of(const ReadyCall& made, StepCalls& step, const LayerEvent& event) {
  const std::int64_t rows = event.experts.empty() ? -1 : sizes_.expert_rows;
  const auto [place, is_new] = call_places_.emplace(std::make_pair(&made, rows), step.calls.size());
  if (is_new) {
    step.calls.push_back(call_of(event));
    step_calls_.push_back({&made, looks_at_sequences(event), sizes_.expert_rows});
    step.parts.resize(parts_.size());
    for (std::vector<LayerEvent>& calls : step.parts) calls.push_back(step.calls.back());
    set_parts(step, step.calls.size() - 1);
  }
  return place->second;
}

/// What is computed in parts: their sizes.
void DecoderSource::open_parts() {
  parts_.clear();
  std::size_t first = 0;
  std::int64_t rows = 0;
  for (const std::size_t end : slices_.part_ends) {
    const auto at = [&](std::size_t slice) { return slices_.slices.begin() + static_cast<std::ptrdiff_t>(slice); };
    Part part;
    part.slices = std::make_shared<const std::vector<Slice>>(at(first), at(end));
    part.sizes = PassSizes::of_slices(*part.slices, run_.logits, true);
    part.first_row = rows;
    rows += part.sizes.new_tokens;
    first = end;
    parts_.push_back(std::move(part));
  }
}

/// The sizes of a call in each part.
void DecoderSource::set_parts(StepCalls& step, std::size_t index) {
  const StepCall& of = step_calls_[index];
  const auto of_expert_before = [&](std::int64_t row) { return of.expert_rows * row / sizes_.new_tokens; };
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    PassSizes sizes = parts_[i].sizes;
    sizes.expert_rows =
        of_expert_before(parts_[i].first_row + sizes.new_tokens) - of_expert_before(parts_[i].first_row);
    LayerEvent& call = step.parts[i][index];
    call.input_shape = sizes.of(of.made->call->input);
    call.output_shape = sizes.of(of.made->call->output);
    if (of.looks_at_sequences) call.slices = parts_[i].slices;
  }
}

/// The next step where it calls what the one before it did: only sizes differ.
bool DecoderSource::repeat_step(StepCalls& step) {
  const bool samples = has_calls();
  if (!repeats_ || repeats_->samples != samples || step.sequence != sequence_) return false;
  if (ask().kind != Answer::Kind::Step || phase_of(slices_.slices) != repeats_->phase) return false;
  // What is sampled is of the pass before.
  if (samples && (slices_.number != step_ ||
                  PassSizes::of_slices(slices_.slices, run_.logits, !is_one_batch_).sampled != sizes_.sampled))
    return false;
  const auto events = static_cast<std::int64_t>(step.size());
  std::array<std::int64_t, last_value + 1> values = values_;
  open_pass();
  step.first_seq = seq_;
  step.step = step_;
  step.freed = slices_.freed;
  for (std::size_t i = 0; i < step_calls_.size(); ++i) {
    LayerEvent& call = step.calls[i];
    call.input_shape = step_calls_[i].made->input;
    call.output_shape = step_calls_[i].made->output;
    if (step_calls_[i].looks_at_sequences) call.slices = ragged_;
  }
  step.parts.assign(parts_.size(), step.calls);
  for (std::size_t i = 0; i < step_calls_.size(); ++i) set_parts(step, i);
  seq_ += events;
  if (samples) {
    // Sampling reads what the pass has given.
    for (std::int64_t& value : values)
      if (value >= 0) value += events;
    values_ = values;
    ++step_;
    phase_ = Phase::Decode;
    open(Section::Sampling, sampling_, 0, sampling_paths_.data());
  } else {
    section_ = Section::BetweenPasses;
    at_ = end_ = nullptr;
  }
  give_out();
  return true;
}

}  // namespace upmem_des
