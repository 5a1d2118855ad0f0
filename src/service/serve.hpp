/// Serves requests on a scenario's machine.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "requests/request_source.hpp"
#include "result/serving_result.hpp"
#include "run/prepared_run.hpp"
#include "scenario/serving_section.hpp"

namespace upmem_des {

/// A scenario that serves requests, with everything that it refers to.
class PreparedServing {
 public:
  /// Throws as PreparedRun does, and InputError on what does not go together: a workload that is no described model,
  /// replicas that do not divide the machine, seats and budgets that no scheduler takes.
  PreparedServing(const Scenario& scenario, const Warn& warn);

  /// Of one instance.
  const PreparedRun& instance() const { return *instance_; }
  const ServingSection& section() const { return section_; }
  /// With all defaults that depend on devices and model.
  const SchedulerOptions& scheduler_options() const { return options_; }
  bool derives_blocks() const { return section_.options.kv_blocks == 0; }
  /// Of all instances.
  const PlatformSpec& machine() const { return machine_; }
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  void check_options() const;
  void set_sizes();

  ServingSection section_;
  SchedulerOptions options_;
  std::unique_ptr<PreparedRun> instance_;
  PlatformSpec machine_;
  std::vector<std::string> warnings_;
};

struct ServeOptions {
  std::vector<RequestObserver*> requests;  ///< told of requests; outlive the run
  std::vector<ServingObserver*> watchers;  ///< told of steps and samples; outlive the run
  double sample_s = 1;                     ///< of windows and samples
  bool remembers_steps = true;             ///< else every step is planned and measured anew: slow, the same numbers
};

/// Serves all that `requests` gives. Throws SimulationError when the simulation fails; SimGrid holds one engine a
/// process.
ServingRun serve(const PreparedServing& prepared, RequestSource& requests, const ServeOptions& options);

}  // namespace upmem_des
