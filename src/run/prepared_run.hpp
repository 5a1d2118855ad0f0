/// A scenario with everything that it refers to, ready to be simulated.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "plan/mapping.hpp"
#include "plan/memory_account.hpp"
#include "plan/tasks/task_planner.hpp"
#include "run/device_map.hpp"
#include "run/workload_source.hpp"
#include "scenario/scenario.hpp"
#include "upmem_des/cost/cost_model.hpp"
#include "upmem_des/platform/platform_spec.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// Throws InputError at `where`, which leaves every piece to SimGrid, where the machine has too many ways for
/// that (most_simgrid_routes).
void check_simgrid_routes(const PlatformSpec& platform, const SourceLocation& where);

class PreparedRun {
 public:
  /// Profiles the workload where it is a network that has not been, resolves files, devices and names, and surveys the
  /// workload. Throws InputError on whatever is wrong, and SimulationError where devices cannot hold what they are
  /// given; `warn` is told of what is unusual.
  PreparedRun(const Scenario& scenario, const Warn& warn);
  PreparedRun(const PreparedRun&) = delete;
  PreparedRun& operator=(const PreparedRun&) = delete;

  /// With the trace of the profile, so that another run needs no further one.
  const Scenario& scenario() const { return scenario_; }
  /// With the ways of the run's collectives.
  const PlatformSpec& platform() const { return platform_; }
  const WorkloadSource& workload() const { return workload_; }
  const CostModel& model() const { return *model_; }
  const CostOptions& cost_options() const { return cost_options_; }

  TaskRules task_rules() const;
  /// The most that each device has to hold.
  const std::vector<HeldBytes>& held() const { return held_; }
  /// For an account that is told of events of the run, and tells what devices hold so far.
  MemoryAccount::Options memory_options() const;

  /// Of data-parallel attention by `parallel.dp`, the devices of each rank; empty where there is one.
  std::vector<std::vector<DeviceIndex>> attention_ranks() const;

  /// Number of events, known from the model or from the survey.
  std::int64_t events() const { return events_; }

  /// Events that the cost model has no rule for, and what is done with them.
  const SimulationResult::UnknownEvents& unknown() const { return unknown_; }

  /// As in SimulationResult.
  std::optional<bool> all_devices_ideal() const;

 private:
  void check_capacity(const Warn& warn) const;

  Scenario scenario_;
  WorkloadSource workload_;
  CostOptions cost_options_;
  std::unique_ptr<CostModel> model_;
  Mapping mapping_;
  PlatformSpec platform_;
  std::unique_ptr<const CollectiveTable> collectives_;
  std::int64_t events_ = 0;
  std::optional<std::int64_t> query_heads_;
  std::optional<std::int64_t> key_value_heads_;
  std::int64_t vocabulary_rows_ = 0;
  std::vector<HeldBytes> held_;
  OffloadRules offload_;
  SimulationResult::UnknownEvents unknown_;
};

}  // namespace upmem_des
