/// What the planner follows.
#pragma once

#include <cstdint>
#include <optional>

#include "plan/collectives/collective_log.hpp"
#include "plan/mapping.hpp"
#include "plan/tasks/offload_rules.hpp"
#include "upmem_des/cost/cost_model.hpp"

namespace upmem_des {

struct PlatformSpec;

/// The scenario's `moe` section.
struct MoeOptions {
  Name end;  ///< the layer that ends an expert; empty when the model has none
  std::int64_t experts_per_token = 0;
};

/// `Sequential`: every task of an event waits for all tasks of the event before it. `Dataflow`: tasks wait for the
/// events that theirs depends on.
enum class Schedule { Sequential, Dataflow };

/// What the planner follows.
struct TaskRules {
  /// Events that depend on others further back are an error.
  static constexpr std::int64_t window = 65'536;

  /// References outlive the planner.
  TaskRules(const PlatformSpec& on, const Mapping& as, const CostModel& at) : platform(on), mapping(as), model(at) {}

  const PlatformSpec& platform;
  const Mapping& mapping;
  const CostModel& model;
  MoeOptions moe{};
  Name last_layer;  ///< name or path of the layer whose call ends a forward pass; empty: the events say so themselves
  /// How devices that share tensors do so; null for the published movement, which knows nothing of that.
  const CollectiveTable* collectives = nullptr;
  CollectiveLog* collective_log = nullptr;  ///< told of all that are planned; may be null
  double bytes_per_element = 2;
  Schedule schedule = Schedule::Dataflow;
  bool prefetch_weights = false;  ///< devices may fetch weights before the tasks start that use them
  std::int64_t chunks = 1;        ///< that a transfer, and the compute that consumes it, is cut into
  std::int64_t microbatches = 1;  ///< that the batch is cut into; divides `batch`
  /// Micro-batches follow each other event by event, for streams that choose among what is ready, and not stage by
  /// stage: ids ascend by step, event and micro-batch. Not with weights that are fetched ahead, nor with chunks.
  bool interleaves = false;
  std::int64_t batch = 1;  ///< rows of the workload
  /// Query heads of attention, and heads that the KV cache holds; none where the workload has no attention.
  std::optional<std::int64_t> query_heads;
  std::optional<std::int64_t> key_value_heads;
  OffloadRules offload;  ///< none under the published movement
  /// What the host does before each step, and for each sequence of it; all of the step waits for it.
  double step_overhead_s = 0;
  double per_sequence_overhead_s = 0;
  /// Steps that call the same are planned once, and only their sizes looked at: not where somebody watches the events.
  bool reuses_plans = false;
};

}  // namespace upmem_des
