/// Blocks on their way between instances and their tiers.
#pragma once

#include <cstdint>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <vector>

#include "service/cache_transfers.hpp"
#include "service/engine.hpp"
#include "service/machine_windows.hpp"
#include "service/tier_place.hpp"
#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// Sends what schedulers want in their tiers, and fetches what requests have found there. Every instance has a tier and
/// links of its own. Full blocks of a step go when it has ended, all together; what is displaced goes before the step
/// that takes its place begins, and before what is fetched at that time.
class TierTraffic {
 public:
  /// `instance` is the machine of the first one, and `placements` say where it and the others are on the machine of
  /// `windows`. References outlive this.
  TierTraffic(std::vector<std::unique_ptr<Engine>>& engines, const PlatformSpec& instance, TierPlace place,
              const std::vector<InstancePlace>& placements, MachineWindows& windows, bool ideal_links,
              const CacheTransfers::TellPower& tell_power = {});

  /// After steps have ended: what can go to the tier, and what has arrived.
  void after_ends(double now_s);
  /// After an engine has planned.
  void after_plan(std::size_t engine, double now_s);

  /// When something happens; infinite where nothing does.
  double next_s() const;
  void draw(double to_s);
  bool is_idle() const;
  void fill(ServingResult::Tier& result) const;

 private:
  struct Job {
    std::vector<BlockStore> stores;      ///< empty: a fetch
    bool holds_step = false;             ///< the engine's step waits for that
    std::vector<std::uint32_t> fetches;  ///< slots; of what is displaced, those that are fetched afterwards
    double since_s = 0;                  ///< when fetches were wanted
  };
  struct Instance {
    explicit Instance(const PlatformSpec& platform, MachineWindows& windows, bool ideal_links,
                      const std::vector<LinkIndex>& links, const CacheTransfers::TellPower& tell_power)
        : transfers(platform, windows, ideal_links, links, tell_power) {}

    CacheTransfers transfers;
    std::map<std::size_t, Job> jobs;  // by transfer
  };

  void store(std::size_t engine, Job job, double now_s);
  void fetch(std::size_t engine, std::uint32_t slot, double since_s, double now_s);
  void arrived(std::size_t engine, std::size_t transfer, double now_s);

  std::vector<std::unique_ptr<Engine>>& engines_;
  const TierPlace place_;
  std::deque<Instance> instances_;  // by engine
  double store_J_ = 0;              // of a block
  double fetch_J_ = 0;
  std::int64_t stored_ = 0;  // blocks
  std::int64_t fetched_ = 0;
  std::vector<double> times_s_;  // of fetches
};

}  // namespace upmem_des
