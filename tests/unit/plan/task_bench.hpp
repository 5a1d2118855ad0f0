/// Plans events into tasks and gives them times, as they would have on links that nobody shares.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/tasks/task_planner.hpp"
#include "support/fixed_cost.hpp"

namespace upmem_des::test {

/// A Linear on [rows, in] in 2-byte elements: 2 · rows · in · out flop beside its weights, so that parts of it cost
/// their share; any other event costs a flop for each element of its output.
Demand share_cost(const LayerEvent& event, const Architecture& device, const CostState& state);

/// HOST and devices A, B, C … of test::device(); each has a link of its own to the host, and where asked for links to
/// all others or a broadcast from the host to all.
PlatformSpec star(std::size_t devices, bool mesh = false, bool broadcast = false);

struct TimedTask {
  Task task;
  double start_s = 0;
  double end_s = 0;
};

class TaskBench {
 private:
  PlatformSpec platform_;
  FixedCost fixed_;
  CostModel& model_;

 public:
  explicit TaskBench(PlatformSpec platform, CostModel* model = nullptr);

  /// Plans all events; times are in `tasks`. The rules' platform, mapping and model are the bench's.
  void plan(std::vector<LayerEvent> events);
  /// The same of one step whose sequences are computed in parts: by part, what the events are of its own.
  void plan(std::vector<LayerEvent> events, const std::vector<std::vector<LayerEvent>>& parts);

  Mapping mapping;
  FixedAlgorithms fixed;
  TaskRules rules;
  std::vector<EventTasks> events;  ///< with the end of the run
  std::vector<TimedTask> tasks;
  double end_s = 0;

  /// When the last compute of the n-th event ends.
  double event_end_s(std::size_t event) const;
  /// Bytes over the route from one device to another, in all events.
  double moved_B(DeviceIndex from, DeviceIndex to) const;
  /// All transfers in order of their making: "A>HOST 40".
  std::vector<std::string> transfers() const;
  /// Those of the n-th event.
  std::vector<std::string> transfers_of(std::size_t event) const;

 private:
  void add(const EventTasks& planned, std::map<std::pair<int, std::size_t>, double>& free_s);
  std::string text(const Task& task) const;
};

/// One target.
MapTarget on(std::vector<DeviceIndex> devices, Split split = Split::Tensor);

/// A Linear that waits for the events `deps`.
LayerEvent linear(const char* name, std::int64_t rows, std::int64_t in, std::int64_t out,
                  std::vector<std::int64_t> deps = {});

/// Fused attention of a pass over keys [batch, heads, rows, width].
LayerEvent attention(const Shape& keys, std::int64_t new_rows, std::int64_t step);

/// Of new rows of a pass, a layer that ends it.
LayerEvent head(std::int64_t batch, std::int64_t rows, std::int64_t step);

}  // namespace upmem_des::test
