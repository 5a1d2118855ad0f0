#include "upmem_des/platform/route_list.hpp"

#include <algorithm>
#include <utility>

namespace upmem_des {

namespace {

std::uint64_t ends_key(DeviceIndex from, DeviceIndex to) {
  return static_cast<std::uint64_t>(from) << 32 | static_cast<std::uint64_t>(to);
}

/// The ends of a route by its place among those of a network of `count` devices.
std::pair<std::size_t, std::size_t> positions(std::size_t place, std::size_t count) {
  const std::size_t from = place / (count - 1);
  const std::size_t to = place % (count - 1);
  return {from, to < from ? to : to + 1};
}

}  // namespace

RouteList::RouteList(std::initializer_list<RouteSpec> routes) {
  for (const RouteSpec& route : routes) push_back(route);
}

void RouteList::push_back(RouteSpec route) {
  if (blocks_.empty() || blocks_.back().network) blocks_.push_back({size_, 0, stated_.size(), std::nullopt});
  ++blocks_.back().count;
  if (!route.broadcast() && !route.is_collective()) by_ends_.try_emplace(ends_key(route.from, route.to.front()), size_);
  stated_.push_back(std::move(route));
  listed_.push_back(size_++);
}

void RouteList::add_network(std::vector<DeviceIndex> devices, std::size_t level,
                            std::shared_ptr<const NetworkWays> ways) {
  const std::size_t index = networks_.size();
  const std::size_t count = devices.size() * (devices.size() - 1);
  for (std::size_t position = 0; position < devices.size(); ++position) {
    if (devices[position] >= places_.size()) places_.resize(devices[position] + 1);
    std::vector<Place>& places = places_[devices[position]];
    const auto higher = std::find_if(places.begin(), places.end(),
                                     [&](const Place& place) { return networks_[place.network].level > level; });
    places.insert(higher, {index, position});
  }
  blocks_.push_back({size_, count, 0, index});
  networks_.push_back({std::move(devices), level, size_, std::move(ways)});
  size_ += count;
}

const RouteList::Block& RouteList::block_of(RouteIndex route) const {
  return *std::prev(std::upper_bound(blocks_.begin(), blocks_.end(), route,
                                     [](RouteIndex index, const Block& block) { return index < block.first; }));
}

RouteSpec RouteList::made(const Block& block, RouteIndex route) const {
  const Network& network = networks_[*block.network];
  const auto [from, to] = positions(route - block.first, network.devices.size());
  return {network.devices[from], {network.devices[to]}, network.ways->way(from, to)};
}

const RouteSpec& RouteList::operator[](RouteIndex route) const {
  const Block& block = block_of(route);
  if (!block.network) return stated_[block.first_stated + (route - block.first)];
  const auto known = made_.find(route);
  if (known != made_.end()) return known->second;
  return made_.emplace(route, made(block, route)).first->second;
}

std::optional<RouteIndex> RouteList::find(DeviceIndex from, DeviceIndex to) const {
  if (const auto stated = by_ends_.find(ends_key(from, to)); stated != by_ends_.end()) return stated->second;
  if (from == to || from >= places_.size() || to >= places_.size()) return std::nullopt;
  for (const Place& place : places_[from])
    for (const Place& other : places_[to]) {
      if (place.network != other.network) continue;
      const Network& network = networks_[place.network];
      return network.first + place.position * (network.devices.size() - 1) + other.position -
             (other.position > place.position ? 1 : 0);
    }
  return std::nullopt;
}

bool RouteList::is_used(RouteIndex route) const {
  const Block& block = block_of(route);
  if (!block.network) return true;
  const Network& network = networks_[*block.network];
  const auto [from, to] = positions(route - block.first, network.devices.size());
  return find(network.devices[from], network.devices[to]) == route;
}

std::size_t RouteList::used_count() const {
  std::size_t count = stated_.size();
  for (const Block& block : blocks_)
    if (block.network)
      for (RouteIndex i = block.first; i < block.first + block.count; ++i) count += is_used(i) ? 1 : 0;
  return count;
}

}  // namespace upmem_des
