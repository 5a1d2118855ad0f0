/// How collectives without a root are carried out whose devices have unlike shares.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "plan/collectives/collective_table.hpp"

namespace upmem_des {

/// An algorithm's stages for some shares, in which every send is by itself, with their cost.
struct UnevenPlan {
  const CollectiveAlgorithm* algorithm = nullptr;
  Stages stages;
  StagesCost cost{};
};

/// Chooses when a collective is planned, since shares are only known then. The busiest link decides, and with unlike
/// shares this is another one for every algorithm: what is cheapest with even shares may not be.
class UnevenChoice {
 public:
  /// References outlive this.
  UnevenChoice(const PlatformSpec& platform, const RouteTable& routes, const CollectiveTable& table)
      : platform_(platform), routes_(routes), table_(table) {}

  /// The one that is fixed, if it serves, else the cheapest for so many bytes; of equals the first of the list. The
  /// group is one of the table's; `shares` sum to 1, as CollectiveAlgorithm::stages takes them. Valid until the next
  /// call.
  const UnevenPlan& choose(const std::vector<DeviceIndex>& group, Collective collective,
                           const std::vector<double>& shares, double bytes);

  /// Do shares differ by more than rounding, as those of whole columns or rows of large tensors?
  static bool are_uneven(const std::vector<double>& shares);

 private:
  using Key = std::tuple<std::vector<DeviceIndex>, Collective, std::vector<double>>;

  std::vector<UnevenPlan> candidates(const Key& key) const;
  const std::vector<UnevenPlan>& plans(Key key);

  const PlatformSpec& platform_;
  const RouteTable& routes_;
  const CollectiveTable& table_;
  std::map<Key, std::vector<UnevenPlan>> known_;
  std::size_t known_sends_ = 0;
};

}  // namespace upmem_des
