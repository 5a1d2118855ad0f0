/// From a stream of events to the work that it makes.
#pragma once

#include <cstdint>
#include <memory>

#include "cost/cost_model.hpp"
#include "plan/demand_cache.hpp"
#include "plan/mapping.hpp"
#include "plan/planned_event.hpp"
#include "plan/transfer_rules.hpp"
#include "platform/platform_spec.hpp"
#include "trace/event_source.hpp"

namespace upmem_des {

/// What a plan follows; the references outlive the planner.
struct PlanRules {
  const PlatformSpec& platform;
  const Mapping& mapping;
  const CostModel& model;
  MoeOptions moe;
  Name last_layer;  ///< name or path of the layer whose call ends a forward pass; empty: the events say so themselves
  double bytes_per_element = 2;
};

/// Plans a stream event by event, in order, without keeping it.
class Planner {
 public:
  Planner(EventSource& source, const PlanRules& rules);

  /// The next event with its transfers and demand; after the last event once more, with `event` null: the end of the
  /// run, when the last layer event's input goes back to the host, once for each pass. False after that. `planned`
  /// refers to the planner's own event until the next call. Throws InputError on bad events and on operators that the
  /// cost model does not know.
  bool next(PlannedEvent& planned);

  std::int64_t events() const { return events_; }
  std::int64_t forward_passes() const { return forward_passes_; }

 private:
  void plan_event(PlannedEvent& planned);
  void plan_end(PlannedEvent& planned);
  void count_pass(PlannedEvent& planned);

  EventSource& source_;
  PlanRules rules_;
  DemandCache demands_;
  std::unique_ptr<TransferPolicy> transfers_;
  LayerEvent event_;
  CostState state_;
  Shape last_layer_event_input_;  // of the latest layer event, functions apart
  std::int64_t events_ = 0;
  std::int64_t forward_passes_ = 0;
  bool ended_ = false;
};

}  // namespace upmem_des
