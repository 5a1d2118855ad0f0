/// The schedulers that there are.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "upmem_des/serving/scheduler.hpp"
#include "upmem_des/serving/scheduler_options.hpp"

namespace upmem_des {

/// A scheduler that scenarios can name.
struct SchedulerKind {
  std::string name;         ///< "vllm_v1"
  std::string description;  ///< for the help text
  std::function<std::unique_ptr<Scheduler>(const SchedulerOptions&)> make;
  bool takes_drafts = false;  ///< draft_tokens
};

/// Adds a scheduler, or replaces the one of that name.
void register_scheduler(SchedulerKind kind);

/// All of them, in the order of registration; the first is the default.
const std::vector<SchedulerKind>& scheduler_kinds();

/// Names of those that take drafts.
std::vector<std::string> draft_scheduler_names();

/// Throws InputError when there is none of that name, where it does not take the drafts that there are to be, and as
/// its class does.
std::unique_ptr<Scheduler> make_scheduler(const std::string& name, const SchedulerOptions& options);

}  // namespace upmem_des
