/// Which transfers may slow each other.
#pragma once

#include <cstddef>
#include <vector>

#include "upmem_des/platform/route_list.hpp"

namespace upmem_des {

struct PlatformSpec;

/// Routes that share links or media, directly or by way of others, are of one domain, and so are their links; of a
/// large network, all of its links.
class LinkDomains {
 public:
  explicit LinkDomains(const PlatformSpec& platform);

  std::size_t count() const { return links_.size(); }
  std::size_t of(const RouteSpec& route) const { return domain_of_[route.links.front()]; }
  /// Those of a domain's links that draw energy.
  const std::vector<LinkIndex>& links(std::size_t domain) const { return links_[domain]; }

 private:
  std::vector<std::vector<LinkIndex>> links_;  // by domain
  std::vector<std::size_t> domain_of_;         // by link
};

}  // namespace upmem_des
