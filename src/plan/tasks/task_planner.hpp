/// From a stream of events to tasks on a machine of many devices.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "plan/memory_account.hpp"
#include "plan/planner.hpp"
#include "plan/tasks/task.hpp"

namespace upmem_des {

/// `Sequential`: every task of an event waits for all tasks of the event before it. `Dataflow`: tasks wait for the
/// events that theirs depends on.
enum class Schedule { Sequential, Dataflow };

/// What the task planner follows besides the rules of every plan.
struct TaskRules {
  explicit TaskRules(const PlanRules& rules) : plan(rules) {}

  PlanRules plan;
  Schedule schedule = Schedule::Dataflow;
  bool prefetch_weights = false;  ///< weights of a device's next task stream while one computes
  std::int64_t chunks = 1;        ///< that a transfer, and the compute that consumes it, is cut into
  std::int64_t microbatches = 1;  ///< that the batch is cut into; divides `batch`
  std::int64_t batch = 1;         ///< rows of the workload
  /// Query heads of attention, and heads that the KV cache holds; none where the workload has no attention.
  std::optional<std::int64_t> query_heads;
  std::optional<std::int64_t> key_value_heads;
};

/// Plans a stream event by event; docs/machines.md defines what it does. Keeps what later events may depend on:
/// at most `window` events.
class TaskPlanner : public TaskSource {
 public:
  /// Dependencies further back than this are an error.
  static constexpr std::int64_t window = 65'536;

  /// `account` is told of everything that devices have to hold; may be null. References outlive the planner.
  TaskPlanner(EventSource& source, const TaskRules& rules, MemoryAccount* account = nullptr);
  ~TaskPlanner() override;

  /// After the last event once more, with is_event false: the end of the run, when the last layer event's input goes
  /// back to the host, once for each pass. Throws InputError on bad events, operators that the cost model does not
  /// know, experts that a split by experts cannot find, a batch that micro-batches do not divide.
  bool next(EventTasks& tasks) override;

  bool fetches_ahead() const override;
  std::int64_t events() const;  ///< of the trace
  std::int64_t forward_passes() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace upmem_des
