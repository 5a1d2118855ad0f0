#include "plan/collectives/link_loads.hpp"

#include <algorithm>
#include <map>

namespace upmem_des {

namespace {

/// Shares that are sums of the same in another order.
constexpr double equal_within = 1e-9;

const RouteSpec& way_of(const Group& group, const Send& send) {
  const auto device = [&](std::size_t end) { return end == Send::host ? host_device : group.devices()[end]; };
  return group.platform().routes[*group.routes().find(device(send.from), device(send.to))];
}

}  // namespace

std::vector<EqualLoad> equal_loads(const Group& group, const std::vector<Send>& sends) {
  std::map<LinkIndex, double> shares;
  for (const Send& send : sends)
    for (const LinkIndex link : way_of(group, send).links) shares[link] += send.share;
  std::vector<std::pair<double, LinkIndex>> sorted;
  for (const auto& [link, share] : shares)
    if (share > 0) sorted.emplace_back(share, link);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<EqualLoad> loads;
  std::map<LinkIndex, std::size_t> load_of;
  for (const auto& [share, link] : sorted) {
    if (loads.empty() || share > loads.back().share * (1 + equal_within)) {
      loads.emplace_back();
      loads.back().share = share;
      loads.back().ends.resize(group.size());
    }
    loads.back().links.push_back(link);
    load_of[link] = loads.size() - 1;
  }
  for (EqualLoad& load : loads) std::sort(load.links.begin(), load.links.end());
  for (const Send& send : sends) {
    if (send.share <= 0) continue;
    EqualLoad& load = loads[load_of.at(way_of(group, send).links.front())];
    load.arrives += send.share / load.share;
    load.ends[send.from] += send.share / load.share;
    load.ends[send.to] += send.share / load.share;
  }
  return loads;
}

double busiest_s_per_byte(const Group& group, const std::vector<Send>& sends) {
  const PlatformSpec& platform = group.platform();
  std::map<LinkIndex, double> shares;
  std::map<std::size_t, double> on_media;
  for (const Send& send : sends)
    for (const LinkIndex link : way_of(group, send).links) {
      shares[link] += send.share;
      if (platform.links[link].medium) on_media[*platform.links[link].medium] += send.share;
    }
  double busiest = 0;
  for (const auto& [link, share] : shares) busiest = std::max(busiest, share / platform.links[link].bandwidth_Bps);
  for (const auto& [medium, share] : on_media)
    busiest = std::max(busiest, share / platform.media[medium].bandwidth_Bps);
  return busiest;
}

double latency_s(const Group& group, const std::vector<Send>& sends) {
  double longest = 0;
  for (const Send& send : sends) longest = std::max(longest, group.platform().latency_s(way_of(group, send)));
  return longest;
}

}  // namespace upmem_des
