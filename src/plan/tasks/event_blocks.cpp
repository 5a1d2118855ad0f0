#include "plan/tasks/event_blocks.hpp"

#include <utility>

#include "plan/tasks/part_split.hpp"

namespace upmem_des {

EventBlocks::EventBlocks(EventSource& source, const TaskRules& rules) : source_(source), rules_(rules) {
  has_ahead_ = read(ahead_);
}

bool EventBlocks::read(PlacedEvent& placed) {
  placed = PlacedEvent();
  if (!source_.next(placed.event)) return false;
  const LayerEvent& event = placed.event;
  ++events_;
  if (event.step != step_) {
    step_ = event.step;
    attention_in_pass_ = 0;
  }
  if (is_attention(event)) placed.attention = attention_in_pass_++;
  placed.state = state_;
  placed.layer = layers_.layer_of(event);
  placed.found = rules_.plan.mapping.find(event, state_.phase, placed.layer);
  if (event.kind != EventKind::Layer) return true;
  last_layer_input_ = event.input_shape;
  last_layer_seq_ = event.seq;
  const Name last = rules_.plan.last_layer;
  if (last.empty() || (event.name != last && event.path != last)) return true;
  if (forward_passes_++ == 0) {
    placed.ends_prefill = true;
    state_.phase = Phase::Decode;
    state_.cached_tokens = event.output_shape.from_end(1);
  } else {
    ++state_.cached_tokens;
  }
  return true;
}

void EventBlocks::fill() {
  block_.clear();
  at_ = 0;
  microbatch_ = 0;
  const std::size_t longest = rules_.microbatches > 1 ? largest_block : 1;
  // What is in no stage, before the first and after the last, belongs to its neighbour.
  std::optional<std::size_t> stage;
  while (has_ahead_ && block_.size() < longest) {
    const std::optional<std::size_t>& own = ahead_.found.stage;
    if (!block_.empty() && ahead_.event.step != block_.back().event.step) return;
    if (stage && own && *stage != *own) return;
    if (own) stage = own;
    block_.push_back(std::move(ahead_));
    has_ahead_ = read(ahead_);
  }
}

const PlacedEvent* EventBlocks::next(std::int64_t& microbatch) {
  if (at_ == block_.size()) {
    at_ = 0;
    if (block_.empty() || ++microbatch_ == rules_.microbatches) fill();
    if (block_.empty()) return nullptr;
  }
  microbatch = microbatch_;
  return &block_[at_++];
}

}  // namespace upmem_des
