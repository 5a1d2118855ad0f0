/// What a single step asks of a machine that does nothing else.
#pragma once

#include <memory>
#include <vector>

#include "plan/tasks/step_plan.hpp"
#include "simulation/queue_order.hpp"
#include "simulation/window.hpp"
#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

/// A step as it was measured.
struct MeasuredStep {
  /// From the first work of a device to its last.
  struct Span {
    double first_s = 0;
    double last_s = 0;
    bool works = false;  ///< else the other two say nothing
  };

  Window window;
  std::vector<Span> spans;  ///< by DeviceIndex
  double most_W = 0;        ///< that all devices and links draw at any time beside what devices draw always
};

class StepMeter {
 public:
  /// The platform outlives the meter. With `ideal_links` transfers take no time and no energy.
  StepMeter(const PlatformSpec& platform, bool ideal_links);
  ~StepMeter();
  StepMeter(const StepMeter&) = delete;
  StepMeter& operator=(const StepMeter&) = delete;

  /// From the step's start, at 0, when whatever came before it has ended, to its end. `demands`, by Task::slot, stand
  /// in place of the plan's where there are any. `order`: as devices and routes take what is planned, the same for a
  /// plan each time. Throws SimulationError as Timetable::advance() does.
  MeasuredStep measure(const std::shared_ptr<const StepPlan>& plan, const std::vector<Demand>& demands,
                       QueueOrder order = QueueOrder::ById);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace upmem_des
