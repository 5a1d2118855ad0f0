#include "simulation/fair_rates.hpp"

#include <algorithm>
#include <limits>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

FairRates::FairRates(const PlatformSpec& platform, const LinkDomains& domains)
    : platform_(platform), domains_(domains), transfers_(domains.count()), is_changed_(domains.count()) {
  for (const LinkSpec& link : platform.links) resources_.push_back({link.bandwidth_Bps, 0, 0, {}});
  for (const MediumSpec& medium : platform.media) resources_.push_back({medium.bandwidth_Bps, 0, 0, {}});
}

const FairRates::Way& FairRates::way_of(RouteIndex index) {
  const auto [at, is_new] = ways_.try_emplace(index);
  Way& way = at->second;
  if (!is_new) return way;
  const RouteSpec& route = platform_.routes[index];
  way.domain = domains_.of(route);
  way.alone_Bps = std::numeric_limits<double>::infinity();
  for (const LinkIndex link : route.links) {
    way.resources.push_back(link);
    if (platform_.links[link].medium) way.resources.push_back(platform_.links.size() + *platform_.links[link].medium);
  }
  for (const std::size_t resource : way.resources)
    way.alone_Bps = std::min(way.alone_Bps, resources_[resource].bandwidth_Bps);
  return way;
}

void FairRates::touch(std::size_t domain) {
  if (is_changed_[domain]) return;
  is_changed_[domain] = true;
  changed_.push_back(domain);
}

void FairRates::add(RouteIndex route, std::size_t transfer) {
  const Way& way = way_of(route);
  transfers_[way.domain].push_back({transfer, &way, 0, false});
  touch(way.domain);
}

void FairRates::remove(RouteIndex route, std::size_t transfer) {
  const std::size_t domain = way_of(route).domain;
  std::vector<Transfer>& transfers = transfers_[domain];
  transfers.erase(
      std::find_if(transfers.begin(), transfers.end(), [&](const Transfer& other) { return other.id == transfer; }));
  touch(domain);
}

bool FairRates::count_users(std::vector<Transfer>& transfers) {
  bool is_shared = false;
  for (Transfer& transfer : transfers) {
    transfer.rate_Bps = transfer.way->alone_Bps;
    transfer.is_set = false;
    for (const std::size_t resource : transfer.way->resources) resources_[resource].users = 0;
  }
  for (const Transfer& transfer : transfers)
    for (const std::size_t resource : transfer.way->resources)
      is_shared = ++resources_[resource].users > 1 || is_shared;
  return is_shared;
}

void FairRates::list_users(const std::vector<Transfer>& transfers) {
  for (const std::size_t resource : used_) resources_[resource].crossed_by.clear();
  used_.clear();
  for (std::size_t i = 0; i < transfers.size(); ++i)
    for (const std::size_t index : transfers[i].way->resources) {
      Resource& resource = resources_[index];
      if (resource.crossed_by.empty()) {
        used_.push_back(index);
        resource.left_Bps = resource.bandwidth_Bps;
      }
      resource.crossed_by.push_back(i);
    }
}

/// The scarcest resource sets the rate of its users, who leave the rest of the others to those that remain.
void FairRates::share(std::vector<Transfer>& transfers) {
  if (!count_users(transfers)) return;
  list_users(transfers);
  for (std::size_t left = transfers.size(); left > 0;) {
    double least_Bps = std::numeric_limits<double>::infinity();
    std::size_t scarcest = 0;
    for (const std::size_t index : used_) {
      const Resource& resource = resources_[index];
      if (resource.users == 0) continue;
      const double part_Bps = resource.left_Bps / static_cast<double>(resource.users);
      if (part_Bps >= least_Bps) continue;
      least_Bps = part_Bps;
      scarcest = index;
    }
    for (const std::size_t i : resources_[scarcest].crossed_by) {
      Transfer& transfer = transfers[i];
      if (transfer.is_set) continue;
      transfer.is_set = true;
      transfer.rate_Bps = least_Bps;
      --left;
      for (const std::size_t index : transfer.way->resources) {
        resources_[index].left_Bps -= least_Bps;
        --resources_[index].users;
      }
    }
  }
}

}  // namespace upmem_des
