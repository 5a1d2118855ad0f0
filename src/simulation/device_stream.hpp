/// The stream of a device.
#pragma once

#include <memory>
#include <optional>

#include "simulation/active_power.hpp"
#include "simulation/activities.hpp"
#include "simulation/memory_port.hpp"
#include "simulation/task_stream.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// A task's steps run one after the other, arithmetic beside memory work. Where weights are fetched ahead, all memory
/// work goes through a MemoryPort: the weights that a task lacks when it starts are fetched at once, the rest follows
/// (after the step's overhead). A step ends when its arithmetic has and all memory work that was submitted for it.
class DeviceStream : public TaskStream {
 public:
  /// References outlive the stream.
  DeviceStream(DeviceIndex device, const Machine& machine, Activities& activities, TaskDesk& desk, Crew& crew,
               const std::optional<FetchRules>& fetch);

  void add(TaskId id) override;
  void notify() override;

 protected:
  std::optional<double> perform(TaskId id) override;
  void finish() override;

 private:
  void work(const Stretch& stretch);
  void run_beside_port(const Task& task);

  DeviceIndex device_;
  Activities& activities_;
  ActivePower active_;
  std::unique_ptr<MemoryPort> port_;  // null where nothing is fetched ahead
};

}  // namespace upmem_des
