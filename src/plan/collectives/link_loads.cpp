#include "plan/collectives/link_loads.hpp"

#include <algorithm>
#include <map>

namespace upmem_des {

namespace {

/// Shares that are sums of the same in another order.
constexpr double equal_within = 1e-9;

RouteIndex way_of(const Group& group, const Send& send) {
  const auto device = [&](std::size_t end) { return end == Send::host ? host_device : group.devices()[end]; };
  return *group.routes().find(device(send.from), device(send.to));
}

const std::vector<LinkIndex>& links_of(const Group& group, const Send& send) {
  return group.platform().routes[way_of(group, send)].links;
}

}  // namespace

Directions by_direction(const std::vector<Send>& sends) {
  Directions directions;
  for (const Send& send : sends)
    (send.to == Send::host     ? directions.to_host
     : send.from == Send::host ? directions.from_host
                               : directions.direct)
        .push_back(send);
  return directions;
}

std::vector<EqualLoad> equal_loads(const Group& group, const std::vector<Send>& sends) {
  std::map<LinkIndex, double> shares;
  for (const Send& send : sends)
    for (const LinkIndex link : links_of(group, send)) shares[link] += send.share;
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
    EqualLoad& load = loads[load_of.at(links_of(group, send).front())];
    load.arrives += send.share / load.share;
    for (const std::size_t end : {send.from, send.to})
      if (end != Send::host) load.ends[end] += send.share / load.share;
  }
  return loads;
}

double busiest_s(const PlatformSpec& platform, const std::vector<RouteBytes>& transfers) {
  std::map<LinkIndex, double> on_links;
  std::map<std::size_t, double> on_media;
  for (const RouteBytes& transfer : transfers)
    for (const LinkIndex link : platform.routes[transfer.route].links) {
      on_links[link] += transfer.bytes;
      if (platform.links[link].medium) on_media[*platform.links[link].medium] += transfer.bytes;
    }
  double busiest = 0;
  for (const auto& [link, bytes] : on_links) busiest = std::max(busiest, bytes / platform.links[link].bandwidth_Bps);
  for (const auto& [medium, bytes] : on_media)
    busiest = std::max(busiest, bytes / platform.media[medium].bandwidth_Bps);
  return busiest;
}

double longest_latency_s(const RouteTable& routes, const std::vector<RouteBytes>& transfers) {
  double longest = 0;
  for (const RouteBytes& transfer : transfers) longest = std::max(longest, routes.latency_s(transfer.route));
  return longest;
}

std::vector<RouteBytes> transfers_of(const Group& group, const std::vector<Send>& sends, double bytes) {
  std::vector<RouteBytes> transfers;
  for (const Send& send : sends)
    if (send.share > 0) transfers.push_back({way_of(group, send), send.share * bytes});
  return transfers;
}

}  // namespace upmem_des
