/// A machine and its instances, ready to serve requests.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "price/priced_machine.hpp"
#include "run/prepared_run.hpp"
#include "scenario/serving_section.hpp"
#include "service/machine_windows.hpp"
#include "service/step_costs.hpp"
#include "service/tier_place.hpp"

namespace upmem_des {

/// A scenario that serves requests, with everything that it refers to.
class PreparedServing {
 public:
  /// Throws as PreparedRun does, and InputError on what does not go together: a workload that is no described model,
  /// replicas that do not divide the machine, pools that have devices in common, seats and budgets that no scheduler
  /// takes.
  PreparedServing(const Scenario& scenario, const Warn& warn);

  /// Equal instances; without disaggregation there is one pool, else the first one reads prompts and the second one
  /// generates.
  struct Pool {
    std::unique_ptr<PreparedRun> run;               ///< of the first instance
    std::unique_ptr<PreparedRun> draft;             ///< what drafts for it on devices; null: nothing
    SchedulerOptions options;                       ///< with all defaults that depend on devices and model
    bool derives_blocks = false;                    ///< are there as many as fit?
    std::vector<InstancePlace> instances;           ///< on machine()
    std::vector<std::vector<DeviceIndex>> devices;  ///< of each instance, on machine(); empty without disaggregation
    std::int64_t surveyed_tokens = 0;               ///< of each rank's sequence that `run` was surveyed with
    /// Of the first instance, the devices of each rank of data-parallel attention; empty where there is one.
    std::vector<std::vector<DeviceIndex>> ranks;
    std::size_t engines_of_instance() const { return ranks.empty() ? 1 : ranks.size(); }
    std::optional<TierPlace> tier;  ///< of the first instance, on `run`
  };
  const std::vector<Pool>& pools() const { return pools_; }

  /// Of the first pool.
  const PreparedRun& instance() const { return *pools_.front().run; }
  /// `options` with what an instance of a pool is asked for.
  StepCosts::Options cost_options(const Pool& pool, StepCosts::Options options) const;
  const SchedulerOptions& scheduler_options() const { return pools_.front().options; }
  const ServingSection& section() const { return section_; }
  bool derives_blocks() const { return pools_.front().derives_blocks; }
  /// Of all instances.
  const PlatformSpec& machine() const { return machine_; }
  /// What the whole machine costs; none where the scenario does not ask.
  const std::optional<PricedMachine>& price() const { return price_; }
  /// With it only.
  const CostSection& cost() const { return *cost_; }

 private:
  Pool make_pool(const Scenario& scenario, const PoolSection& sizes, const Warn& warn) const;
  void make_pools(const Scenario& scenario, const Warn& warn);
  void set_price(const Scenario& scenario);
  void check_options(const SchedulerOptions& options, const Warn& warn) const;
  void add_tier(Pool& pool, const DraftBytes& draft) const;

  ServingSection section_;
  std::vector<Pool> pools_;
  PlatformSpec machine_;
  std::int64_t sub_batches_ = 1;
  std::optional<CostSection> cost_;
  std::optional<PricedMachine> price_;
};

}  // namespace upmem_des
