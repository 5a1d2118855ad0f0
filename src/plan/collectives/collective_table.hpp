/// How the groups of a run carry out collectives.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plan/collectives/collective_algorithm.hpp"
#include "plan/collectives/stages_cost.hpp"
#include "plan/tasks/route_table.hpp"

namespace upmem_des {

/// By Collective: the name of the algorithm that has to be taken; empty: the cheapest.
using FixedAlgorithms = std::array<std::string, all_collectives.size()>;

/// An algorithm's stages for a group, with their transfers and their cost.
struct CollectivePlan {
  /// Of a team that sends together: one transfer for each of its loads.
  struct Transfer {
    RouteIndex route = 0;
    double share = 0;
  };
  struct TeamTransfers {
    std::vector<Transfer> transfers;
    double latency_s = 0;
  };

  const CollectiveAlgorithm* algorithm = nullptr;
  Stages stages;
  std::vector<std::vector<TeamTransfers>> transfers;  ///< by stage and team; none where sends are apart
  StagesCost cost{};

  double time_s(double bytes) const { return cost.time_s(bytes); }
};

/// Of collectives without a root. Made before a run, since all that moves on a machine has to be known when it is
/// built: what devices send together becomes routes of the platform. Immutable then.
class CollectiveTable {
 public:
  /// Adds routes to the platform: for each group and each algorithm that is best at some size, or fixed. Groups that
  /// cannot do what is fixed take the cheapest. `bytes_per_element` is for sums.
  CollectiveTable(PlatformSpec& platform, const std::vector<std::vector<DeviceIndex>>& groups, double bytes_per_element,
                  FixedAlgorithms fixed = {});
  CollectiveTable(const CollectiveTable&) = delete;
  CollectiveTable& operator=(const CollectiveTable&) = delete;

  /// The cheapest for so many bytes, with even shares. The group is one of those of the constructor.
  const CollectivePlan& choose(const std::vector<DeviceIndex>& group, Collective collective, double bytes) const;
  /// All that may be chosen.
  const std::vector<CollectivePlan>& plans(const std::vector<DeviceIndex>& group, Collective collective) const;

  /// Was the group one of the constructor's?
  bool knows(const std::vector<DeviceIndex>& group) const { return groups_.find(group) != groups_.end(); }

  double bytes_per_element() const { return bytes_per_element_; }
  /// The algorithm that has to be taken where it serves; empty: the cheapest.
  const std::string& fixed(Collective collective) const { return fixed_[static_cast<std::size_t>(collective)]; }

 private:
  struct GroupPlans {
    std::array<std::vector<CollectivePlan>, all_collectives.size()> plans;  // none of those with a root
  };

  void add_group(const std::vector<DeviceIndex>& devices);
  void add_routes(const Group& group, CollectivePlan& plan);
  RouteIndex add_once(RouteSpec route, RouteIndex first);
  std::vector<CollectivePlan> candidates(const Group& group, Collective collective) const;

  PlatformSpec& platform_;
  RouteTable routes_;
  double bytes_per_element_;
  FixedAlgorithms fixed_;
  std::map<std::vector<DeviceIndex>, GroupPlans> groups_;
};

}  // namespace upmem_des
