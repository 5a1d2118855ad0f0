#include "plan/tasks/event_blocks.hpp"

#include <algorithm>
#include <utility>

#include "plan/tasks/part_split.hpp"

namespace upmem_des {

EventBlocks::EventBlocks(EventSource& source, const TaskRules& rules) : source_(source), rules_(rules) {
  if (rules.chunks > 1 && !rules.prefetch_weights) look_ahead_ = static_cast<std::size_t>(TaskPlanner::window);
  read_ahead();
}

void EventBlocks::read_ahead() {
  while (has_more_ && ahead_.size() < look_ahead_) {
    PlacedEvent placed;
    has_more_ = read(placed);
    if (!has_more_) return;
    if (look_ahead_ > 1) tell_inputs(placed);
    ahead_.push_back(std::move(placed));
  }
}

/// Those that have been handed out are too far back to be depended on.
void EventBlocks::tell_inputs(const PlacedEvent& consumer) {
  const auto tell = [&](std::int64_t seq) {
    const auto before = [](const PlacedEvent& placed, std::int64_t wanted) { return placed.event.seq < wanted; };
    const auto found = std::lower_bound(ahead_.begin(), ahead_.end(), seq, before);
    if (found != ahead_.end() && found->event.seq == seq) found->consumers.push_back(consumer.found.target);
  };
  for (const std::int64_t seq : consumer.event.deps) tell(seq);
  if (consumer.event.deps.empty()) tell(consumer.event.seq - 1);
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
  if (event.kind == EventKind::Layer) {
    last_layer_input_ = event.input_shape;
    last_layer_seq_ = event.seq;
  }
  if (!ends_pass(event, rules_.plan.last_layer)) return true;
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
  while (!ahead_.empty() && block_.size() < longest) {
    PlacedEvent& next = ahead_.front();
    const std::optional<std::size_t>& own = next.found.stage;
    if (!block_.empty() && next.event.step != block_.back().event.step) return;
    if (stage && own && *stage != *own) return;
    if (own) stage = own;
    block_.push_back(std::move(next));
    ahead_.pop_front();
    read_ahead();
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
