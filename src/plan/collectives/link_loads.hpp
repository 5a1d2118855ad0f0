/// What sends ask of links.
#pragma once

#include <vector>

#include "plan/collectives/group.hpp"
#include "plan/collectives/stage.hpp"

namespace upmem_des {

/// Links that carry the same share of the tensor.
struct EqualLoad {
  std::vector<LinkIndex> links;  ///< ascending
  double share = 0;
  /// Of the sends whose first link is one of these: for each byte on a link, what arrives in all, and what each device
  /// of the group sends and receives, by position.
  double arrives = 0;
  std::vector<double> ends;
};

/// Sends by where they go.
struct Directions {
  std::vector<Send> direct;
  std::vector<Send> to_host;
  std::vector<Send> from_host;
};
Directions by_direction(const std::vector<Send>& sends);

/// Of sends in one direction, by ascending share.
std::vector<EqualLoad> equal_loads(const Group& group, const std::vector<Send>& sends);

/// Transfers over routes.
struct RouteBytes {
  RouteIndex route = 0;
  double bytes = 0;
};

/// How long these take that begin at once, while nobody else uses the links: as long as the busiest link or medium.
/// Without their latencies.
double busiest_s(const PlatformSpec& platform, const std::vector<RouteBytes>& transfers);

/// The longest of their latencies.
double longest_latency_s(const RouteTable& routes, const std::vector<RouteBytes>& transfers);

/// Sends of a tensor of so many bytes over direct ways, to and from the host included, but for those of nothing.
std::vector<RouteBytes> transfers_of(const Group& group, const std::vector<Send>& sends, double bytes);

}  // namespace upmem_des
