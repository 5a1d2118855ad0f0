#include "simulation/fair_rates.hpp"

#include <algorithm>
#include <limits>

namespace upmem_des {

FairRates::FairRates(const PlatformSpec& platform, const LinkDomains& domains)
    : domains_(domains), transfers_(domains.count()), is_changed_(domains.count()) {
  for (const LinkSpec& link : platform.links) resources_.push_back({link.bandwidth_Bps, 0, 0});
  for (const MediumSpec& medium : platform.media) resources_.push_back({medium.bandwidth_Bps, 0, 0});
  for (const RouteSpec& route : platform.routes) {
    std::vector<std::size_t> crossed;
    double alone_Bps = std::numeric_limits<double>::infinity();
    for (const LinkIndex link : route.links) {
      crossed.push_back(link);
      if (platform.links[link].medium) crossed.push_back(platform.links.size() + *platform.links[link].medium);
    }
    for (const std::size_t resource : crossed) alone_Bps = std::min(alone_Bps, resources_[resource].bandwidth_Bps);
    crossed_.push_back(std::move(crossed));
    alone_Bps_.push_back(alone_Bps);
  }
}

void FairRates::touch(std::size_t domain) {
  if (is_changed_[domain]) return;
  is_changed_[domain] = true;
  changed_.push_back(domain);
}

void FairRates::add(RouteIndex route, std::size_t transfer) {
  const std::size_t domain = domains_.of(route);
  transfers_[domain].push_back({transfer, route, 0, false});
  touch(domain);
}

void FairRates::remove(RouteIndex route, std::size_t transfer) {
  const std::size_t domain = domains_.of(route);
  std::vector<Transfer>& transfers = transfers_[domain];
  transfers.erase(
      std::find_if(transfers.begin(), transfers.end(), [&](const Transfer& other) { return other.id == transfer; }));
  touch(domain);
}

void FairRates::share(std::vector<Transfer>& transfers) {
  bool is_shared = false;
  for (Transfer& transfer : transfers) {
    transfer.rate_Bps = alone_Bps_[transfer.route];
    transfer.is_set = false;
    for (const std::size_t resource : crossed_[transfer.route]) {
      resources_[resource].left_Bps = resources_[resource].bandwidth_Bps;
      resources_[resource].users = 0;
    }
  }
  for (const Transfer& transfer : transfers)
    for (const std::size_t resource : crossed_[transfer.route])
      is_shared = ++resources_[resource].users > 1 || is_shared;
  if (!is_shared) return;
  // The scarcest resource sets the rate of its users, who leave the rest of the others to those that remain.
  for (std::size_t left = transfers.size(); left > 0;) {
    double least_Bps = std::numeric_limits<double>::infinity();
    std::size_t scarcest = 0;
    for (const Transfer& transfer : transfers) {
      if (transfer.is_set) continue;
      for (const std::size_t index : crossed_[transfer.route]) {
        const Resource& resource = resources_[index];
        const double part_Bps = resource.left_Bps / static_cast<double>(resource.users);
        if (part_Bps >= least_Bps) continue;
        least_Bps = part_Bps;
        scarcest = index;
      }
    }
    for (Transfer& transfer : transfers) {
      const std::vector<std::size_t>& crossed = crossed_[transfer.route];
      if (transfer.is_set || std::find(crossed.begin(), crossed.end(), scarcest) == crossed.end()) continue;
      transfer.is_set = true;
      transfer.rate_Bps = least_Bps;
      --left;
      for (const std::size_t index : crossed) {
        resources_[index].left_Bps -= least_Bps;
        --resources_[index].users;
      }
    }
  }
}

}  // namespace upmem_des
