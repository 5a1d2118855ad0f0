/// What loaded steps wait for.
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "simulation/deadlock_report.hpp"
#include "simulation/loaded_step.hpp"
#include "simulation/route_figures.hpp"

namespace upmem_des {

/// For the report of a deadlock.
class StepWaits : public WaitGraph {
 public:
  /// References outlive this.
  StepWaits(const std::deque<std::unique_ptr<LoadedStep>>& steps, double now_s, const PlatformSpec& platform,
            const RouteFigureTable& routes);

  Found find(TaskId id) const override;
  std::optional<TaskId> held_back_by(TaskId id) const override;
  const std::string& stream_name(const Task& task) const override;
  std::vector<TaskId> heads() const override;
  std::vector<TaskId> joins() const override;

 private:
  const LoadedStep* step_of(TaskId id) const;
  bool has_ended(TaskId id) const;

  const std::deque<std::unique_ptr<LoadedStep>>& steps_;
  double now_s_;
  const PlatformSpec& platform_;
  const RouteFigureTable& routes_;
  std::map<TaskId, Found> tasks_;
};

}  // namespace upmem_des
