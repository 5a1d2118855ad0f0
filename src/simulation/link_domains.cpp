#include "simulation/link_domains.hpp"

#include <algorithm>
#include <numeric>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

namespace {

/// Routes that are looked at one by one.
constexpr std::size_t most_looked_at = 65'536;

}  // namespace

LinkDomains::LinkDomains(const PlatformSpec& platform) : links_(platform.links.size()) {
  // Links, then media; each points to another of its domain, the first one to itself.
  std::vector<std::size_t> parent(platform.links.size() + platform.media.size());
  std::iota(parent.begin(), parent.end(), std::size_t{0});
  const auto root = [&](std::size_t node) {
    while (parent[node] != node) node = parent[node] = parent[parent[node]];
    return node;
  };
  const auto join = [&](std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    parent[std::max(a, b)] = std::min(a, b);
  };
  for (LinkIndex i = 0; i < platform.links.size(); ++i)
    if (platform.links[i].medium) join(i, platform.links.size() + *platform.links[i].medium);
  const auto join_route = [&](RouteIndex, const RouteSpec& route) {
    for (const LinkIndex link : route.links) join(route.links.front(), link);
  };
  if (platform.routes.size() <= most_looked_at) {
    platform.routes.for_each_used(join_route);
  } else {
    platform.routes.for_each_stated(join_route);
    for (const NetworkSpec& network : platform.networks)
      for (LinkIndex i = network.link; i < network.link + network.link_count; ++i) join(network.link, i);
  }
  for (LinkIndex i = 0; i < platform.links.size(); ++i)
    if (platform.links[i].power_W > 0) links_[root(i)].push_back(i);
  for (LinkIndex i = 0; i < platform.links.size(); ++i) domain_of_.push_back(root(i));
}

}  // namespace upmem_des
