/// The stream of a device.
#pragma once

#include <memory>
#include <optional>

#include "result/simulation_result.hpp"
#include "simulation/activities.hpp"
#include "simulation/memory_port.hpp"
#include "simulation/task_stream.hpp"

namespace upmem_des {

/// A task's steps run one after the other, arithmetic beside memory work.
///
/// Where weights are fetched ahead, memory work goes through a MemoryPort. A task's fetched share is submitted when the
/// task before it has submitted the memory work of its last step, or has ended, or there is none: behind all memory
/// work of that task, before all else of its own. The rest follows when the task starts (after the step's overhead). A
/// step ends when its arithmetic has and all memory work that was submitted for it.
class DeviceStream : public TaskStream {
 public:
  /// References outlive the stream.
  DeviceStream(DeviceIndex device, const Machine& machine, Activities& activities, TaskDesk& desk, Crew& crew);

  void add(TaskId id) override;
  void notify() override;

 protected:
  std::optional<double> perform(TaskId id) override;
  void finish() override;

 private:
  void work(const Stretch& stretch);
  void run_beside_port(const Task& task);
  void fetch_ahead();

  DeviceIndex device_;
  const Machine& machine_;
  Activities& activities_;
  std::unique_ptr<MemoryPort> port_;  // from the first task on that has weights fetched
  std::optional<TaskId> fetched_;     // whose weights were submitted last
  MemoryPort::Ticket fetch_ticket_ = 0;
  bool may_fetch_ = true;           // has the present task submitted all its memory work?
  double memory_busy_until_s_ = 0;  // by work that does not go through the port
};

}  // namespace upmem_des
