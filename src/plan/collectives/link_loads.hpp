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

/// Of sends over direct ways, by ascending share.
std::vector<EqualLoad> equal_loads(const Group& group, const std::vector<Send>& sends);

/// Seconds for each byte of the tensor, while nobody else uses the links: of the busiest link or medium. Sends to and
/// from the host are taken, too.
double busiest_s_per_byte(const Group& group, const std::vector<Send>& sends);

/// The longest latency of their ways.
double latency_s(const Group& group, const std::vector<Send>& sends);

}  // namespace upmem_des
