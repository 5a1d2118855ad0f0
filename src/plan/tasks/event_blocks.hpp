/// Events in the order in which they are planned. Internal to the room.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "plan/layer_tracker.hpp"
#include "plan/mapping.hpp"
#include "plan/tasks/task_planner.hpp"

namespace upmem_des {

/// An event and what is known of it from its place in the stream.
struct PlacedEvent {
  LayerEvent event;
  CostState state;
  Mapping::Found found;
  std::optional<std::int64_t> layer;
  std::int64_t attention = -1;  ///< it is the n-th attention function of its pass; −1: it is none
  bool ends_prefill = false;
  /// Where transfers are cut (and nothing is fetched ahead): the targets of all events that depend on this one, as far
  /// as any event may depend on another; null for one without.
  std::vector<const MapTarget*> consumers;
};

/// Reads the stream and counts its passes. With micro-batches, events that follow each other in one pipeline stage and
/// pass make a block, which is handed out once for each micro-batch, so that a stage hands its first micro-batch on
/// before it begins the next.
class EventBlocks {
 public:
  /// A pass is cut after this many events, so that memory stays bounded.
  static constexpr std::size_t largest_block = TaskPlanner::window / 2;

  EventBlocks(EventSource& source, const TaskRules& rules);

  /// The next event and its micro-batch; null at the end. The event is valid until the next call.
  const PlacedEvent* next(std::int64_t& microbatch);

  /// In which phase costs count after what has been handed out.
  const CostState& state() const { return state_; }
  const Shape& last_layer_input() const { return last_layer_input_; }
  std::int64_t last_layer_seq() const { return last_layer_seq_; }
  std::int64_t events() const { return events_; }
  std::int64_t forward_passes() const { return forward_passes_; }

 private:
  bool read(PlacedEvent& placed);
  void read_ahead();
  void tell_inputs(const PlacedEvent& consumer);
  void fill();

  EventSource& source_;
  const TaskRules& rules_;
  LayerTracker layers_;
  CostState state_;
  std::int64_t step_ = -1;
  std::int64_t attention_in_pass_ = 0;
  Shape last_layer_input_;
  std::int64_t last_layer_seq_ = -1;
  std::int64_t events_ = 0;
  std::int64_t forward_passes_ = 0;

  std::vector<PlacedEvent> block_;
  std::size_t look_ahead_ = 1;
  std::deque<PlacedEvent> ahead_;  // the events after the block
  bool has_more_ = true;           // of them
  std::size_t at_ = 0;
  std::int64_t microbatch_ = 0;
};

}  // namespace upmem_des
