/// Events in the order in which they are planned. Internal to the room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "plan/layer_tracker.hpp"
#include "plan/mapping.hpp"
#include "plan/tasks/task_rules.hpp"
#include "trace/step_calls.hpp"
#include "upmem_des/cost/cost_model.hpp"

namespace upmem_des {

/// An event and what is known of it from its place in the stream.
struct PlacedEvent {
  LayerEvent event;
  std::size_t site = 0;  ///< of its step
  CostState state;
  Mapping::Found found;
  std::optional<std::int64_t> layer;
  std::int64_t attention = -1;  ///< it is the n-th attention function of its pass; −1: it is none
  bool ends_pass = false;
  bool ends_prefill = false;  ///< it ends the first pass
  /// Where transfers are cut (and nothing is fetched ahead): the targets of all events of the step that depend on this
  /// one; null for one without, and for what later steps may depend on.
  std::vector<const MapTarget*> consumers;
};

/// Takes steps and counts their passes. With micro-batches, events that follow each other in one pipeline stage make a
/// block, which is handed out once for each micro-batch, so that a stage hands its first micro-batch on before it
/// begins the next. Where they interleave, each event is a block.
class EventBlocks {
 public:
  explicit EventBlocks(const TaskRules& rules) : rules_(rules) {}

  /// The events of a step are handed out from now on; those of the step before have all been.
  void begin(const StepCalls& step);
  /// The next event and its micro-batch; null at the end of the step. The event is valid until the next call.
  const PlacedEvent* next(std::int64_t& microbatch);

  /// Counts a step that calls what the one before it did, with sizes of its own; none of its events is handed out.
  void repeat(const StepCalls& step);

  /// In which phase costs count after the steps so far.
  const CostState& state() const { return state_; }
  const Shape& last_layer_input() const { return last_layer_input_; }
  std::int64_t last_layer_seq() const { return last_layer_seq_; }
  std::int64_t events() const { return events_; }
  std::int64_t forward_passes() const { return forward_passes_; }
  const LayerTracker& layers() const { return layers_; }

 private:
  PlacedEvent place(LayerEvent event, std::size_t site);
  void count_pass(const LayerEvent& event);
  void tell_consumers();
  void open_block();

  const TaskRules& rules_;
  LayerTracker layers_;
  CostState state_;
  std::int64_t step_ = -1;
  std::int64_t attention_in_pass_ = 0;
  Shape last_layer_input_;
  std::int64_t last_layer_seq_ = -1;
  std::optional<std::size_t> last_layer_site_;  // of the latest step, where it has one
  std::vector<std::size_t> pass_ends_;          // sites of the latest step
  std::int64_t events_ = 0;
  std::int64_t forward_passes_ = 0;

  std::vector<PlacedEvent> placed_;  // of the step
  std::size_t block_begin_ = 0;
  std::size_t block_end_ = 0;
  std::size_t at_ = 0;
  std::int64_t microbatch_ = 0;
};

}  // namespace upmem_des
