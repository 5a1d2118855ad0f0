/// A scenario with everything that it refers to, ready to be simulated.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "architecture/catalogue.hpp"
#include "cost/cost_model.hpp"
#include "plan/mapping.hpp"
#include "plan/planner.hpp"
#include "platform/platform_spec.hpp"
#include "run/device_map.hpp"
#include "run/workload_source.hpp"
#include "scenario/scenario.hpp"

namespace upmem_des {

class PreparedRun {
 public:
  /// Profiles the workload where it is a network that has not been, resolves files, devices and names, and surveys the
  /// workload. Throws InputError on whatever is wrong; `warn` is
  /// told of what is unusual.
  PreparedRun(const Scenario& scenario, const Warn& warn);
  PreparedRun(const PreparedRun&) = delete;
  PreparedRun& operator=(const PreparedRun&) = delete;

  /// With the trace of the profile, so that another run needs no further one.
  const Scenario& scenario() const { return scenario_; }
  const PlatformSpec& platform() const { return platform_; }
  const WorkloadSource& workload() const { return workload_; }
  const CostModel& model() const { return *model_; }
  const CostOptions& cost_options() const { return cost_options_; }
  PlanRules rules() const;

  /// Number of events, known from the model or from the survey.
  std::int64_t events() const { return events_; }

 private:
  Scenario scenario_;
  WorkloadSource workload_;
  CostOptions cost_options_;
  std::unique_ptr<CostModel> model_;
  Mapping mapping_;
  PlatformSpec platform_;
  std::int64_t events_ = 0;
};

}  // namespace upmem_des
