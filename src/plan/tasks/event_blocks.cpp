#include "plan/tasks/event_blocks.hpp"

#include <utility>

#include "plan/tasks/part_split.hpp"

namespace upmem_des {

void EventBlocks::begin(const StepCalls& step) {
  placed_.clear();
  placed_.reserve(step.size());
  last_layer_site_.reset();
  pass_ends_.clear();
  for (std::size_t i = 0; i < step.size(); ++i) placed_.push_back(place(step.event(i), i));
  if (rules_.chunks > 1 && !rules_.prefetch_weights) tell_consumers();
  block_begin_ = block_end_ = at_ = 0;
  microbatch_ = rules_.microbatches;
}

void EventBlocks::repeat(const StepCalls& step) {
  events_ += static_cast<std::int64_t>(step.size());
  step_ = step.step;
  if (last_layer_site_) last_layer_input_ = step.calls[step.sequence->sites[*last_layer_site_].call].input_shape;
  for (const std::size_t site : pass_ends_) count_pass(placed_[site].event);
}

PlacedEvent EventBlocks::place(LayerEvent made, std::size_t site) {
  PlacedEvent placed;
  placed.event = std::move(made);
  placed.site = site;
  const LayerEvent& event = placed.event;
  ++events_;
  if (event.step != step_) {
    step_ = event.step;
    attention_in_pass_ = 0;
  }
  if (is_attention(event)) placed.attention = attention_in_pass_++;
  placed.state = state_;
  // A prompt that begins later; of a trace only the first step is prefill.
  if (event.step > 0 && event.phase == Phase::Prefill) placed.state.phase = Phase::Prefill;
  placed.layer = layers_.layer_of(event);
  placed.found = rules_.mapping.find(event, placed.state.phase, placed.layer);
  if (event.kind == EventKind::Layer) {
    last_layer_input_ = event.input_shape;
    last_layer_seq_ = event.seq;
    last_layer_site_ = site;
  }
  placed.ends_pass = ends_pass(event, rules_.last_layer);
  placed.ends_prefill = placed.ends_pass && forward_passes_ == 0;
  if (!placed.ends_pass) return placed;
  pass_ends_.push_back(site);
  count_pass(event);
  return placed;
}

void EventBlocks::count_pass(const LayerEvent& event) {
  if (forward_passes_++ == 0) {
    state_.phase = Phase::Decode;
    state_.cached_tokens = event.output_shape.from_end(1);
  } else {
    ++state_.cached_tokens;
  }
}

void EventBlocks::tell_consumers() {
  const std::int64_t first = placed_.front().event.seq;
  const auto tell = [&](std::int64_t seq, const MapTarget* target) {
    if (seq >= first) placed_[static_cast<std::size_t>(seq - first)].consumers.push_back(target);
  };
  for (const PlacedEvent& consumer : placed_) {
    for (const std::int64_t seq : consumer.event.deps) tell(seq, consumer.found.target);
    if (consumer.event.waits_for_the_one_before()) tell(consumer.event.seq - 1, consumer.found.target);
  }
  placed_.back().consumers.push_back(nullptr);
}

void EventBlocks::open_block() {
  block_begin_ = block_end_;
  const bool is_stage = rules_.microbatches > 1 && !rules_.interleaves;
  const std::size_t longest = is_stage ? placed_.size() : block_begin_ + 1;
  // What is in no stage, before the first and after the last, belongs to its neighbour.
  std::optional<std::size_t> stage;
  while (block_end_ < placed_.size() && block_end_ < longest) {
    const std::optional<std::size_t>& own = placed_[block_end_].found.stage;
    if (stage && own && *stage != *own) return;
    if (own) stage = own;
    ++block_end_;
  }
}

const PlacedEvent* EventBlocks::next(std::int64_t& microbatch) {
  if (at_ == block_end_) {
    if (++microbatch_ >= rules_.microbatches) {
      open_block();
      microbatch_ = 0;
    }
    at_ = block_begin_;
    if (at_ == placed_.size()) return nullptr;
  }
  microbatch = microbatch_;
  return &placed_[at_++];
}

}  // namespace upmem_des
