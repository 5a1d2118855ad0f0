/// How collectives with a root are carried out.
#pragma once

#include <optional>
#include <vector>

#include "plan/collectives/collective_table.hpp"

namespace upmem_des {

/// A broadcast, a gather or a reduce of some devices.
struct RootedCollective {
  Collective collective = Collective::Broadcast;
  std::vector<DeviceIndex> devices;  ///< the root among them, whether it has something or not
  std::size_t root = 0;              ///< its position; without meaning for a broadcast
  std::vector<double> shares;        ///< as CollectiveAlgorithm::stages takes them
};

/// The algorithm that is taken, with its stages.
struct RootedPlan {
  const CollectiveAlgorithm* algorithm = nullptr;
  Stages stages;
  double time_s = 0;  ///< while nobody else uses the links, and all begin at once
};

/// Chooses when a collective is planned, since roots and shares are only known then: what its algorithms send goes over
/// ways that there are, one by one, and inner collectives are those of the table.
class RootedChoice {
 public:
  /// References outlive this.
  RootedChoice(const PlatformSpec& platform, const RouteTable& routes, const CollectiveTable& table)
      : platform_(platform), routes_(routes), table_(table) {}

  /// The one that is fixed, if it serves, but for a broadcast to one device, which is a mere transfer; else the
  /// cheapest for a tensor of so many bytes. Of equals, that with the fewest sends, and of these the last of the list:
  /// what lies on the host comes from there.
  RootedPlan choose(const RootedCollective& what, double bytes) const;

 private:
  std::optional<double> inner_s(const RootedCollective& what, const Stage::Inner& inner, double bytes) const;
  RootedPlan cheapest(const RootedCollective& what, double bytes, const std::string& only) const;

  const PlatformSpec& platform_;
  const RouteTable& routes_;
  const CollectiveTable& table_;
};

/// An inner collective with a root, as one of its own.
RootedCollective rooted(const RootedCollective& outer, const Stage::Inner& inner);
/// The devices of an inner collective.
std::vector<DeviceIndex> inner_devices(const std::vector<DeviceIndex>& devices, const Stage::Inner& inner);

}  // namespace upmem_des
