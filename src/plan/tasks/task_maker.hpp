/// Makes the tasks of one event after the other. Internal to the room.
#pragma once

#include <initializer_list>
#include <vector>

#include "plan/tasks/task.hpp"
#include "plan/tasks/task_rules.hpp"
#include "plan/tasks/value.hpp"

namespace upmem_des {

/// Hands out ids and, in the sequential schedule, lets every task of an event wait for all of the event before it.
class TaskMaker {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  explicit TaskMaker(Schedule schedule) : sequential_(schedule == Schedule::Sequential) {}

  /// From here on tasks that wait for none that is made after `gate` wait for it.
  void set_gate(TaskId gate) { gate_ = gate; }
  /// From here on tasks are added to `tasks`.
  void begin(std::vector<Task>& tasks) { tasks_ = &tasks; }
  /// To be called when an event has all its tasks.
  void end();

  /// `slot` is none for what is no part of an event's own work.
  TaskId compute(DeviceIndex device, SharedDemand demand, std::vector<TaskId> after, const char* purpose,
                 std::uint32_t slot = none);
  /// What a Compute of the present event has in memory.
  void set_memory(TaskId compute, double kv_cache_B, double activations_B);
  /// `bytes` above 0.
  TaskId transfer(RouteIndex route, double bytes, std::vector<TaskId> after, const char* purpose, double latency_s);
  TaskId join(std::vector<TaskId> after);
  /// The join at whose end prefill ends.
  TaskId prefill_end(std::vector<TaskId> after);

  TaskId next_id() const { return next_; }
  /// The end of the event before; below 0: there is none to wait for.
  TaskId barrier() const { return barrier_; }
  /// Computes and transfers so far.
  std::int64_t work() const { return work_; }

  /// All of these together: none, the only task that they name, or a join.
  Pieces together(const std::vector<Pieces>& parts);

 private:
  Task& add(Task::Kind kind, std::vector<TaskId> after);

  bool sequential_;
  std::vector<Task>* tasks_ = nullptr;
  TaskId next_ = 0;
  std::int64_t work_ = 0;
  TaskId gate_ = -1;     ///< −1: there is none
  TaskId barrier_ = -1;  ///< the end of the event before; −1: there is none
};

/// The last of pieces, after which all are there; adds nothing where there is none.
void add_last(std::vector<TaskId>& after, const Pieces& pieces);

/// Piece k: of a tensor that came at once, all of it.
void add_piece(std::vector<TaskId>& after, const Pieces& pieces, std::size_t k);

}  // namespace upmem_des
