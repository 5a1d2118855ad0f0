#include "plan/collectives/group.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace upmem_des {

Group::Group(const PlatformSpec& platform, const RouteTable& routes, std::vector<DeviceIndex> devices)
    : platform_(platform), routes_(routes), devices_(std::move(devices)) {}

bool Group::reaches(std::size_t from, std::size_t to) const {
  return devices_[from] != host_device && devices_[to] != host_device &&
         routes_.find(devices_[from], devices_[to]).has_value();
}

std::vector<std::vector<std::size_t>> Group::blocks() const {
  std::vector<const NetworkSpec*> networks;
  for (const NetworkSpec& network : platform_.networks) networks.push_back(&network);
  std::stable_sort(networks.begin(), networks.end(),
                   [](const NetworkSpec* a, const NetworkSpec* b) { return a->devices.size() < b->devices.size(); });
  std::map<DeviceIndex, std::size_t> positions;
  for (std::size_t i = 0; i < devices_.size(); ++i) positions[devices_[i]] = i;
  std::vector<std::size_t> block_of(devices_.size(), devices_.size());
  std::vector<std::vector<std::size_t>> blocks;
  for (const NetworkSpec* const network : networks) {
    std::vector<std::size_t> members;
    for (const DeviceIndex device : network->devices)
      if (const auto found = positions.find(device); found != positions.end()) members.push_back(found->second);
    if (members.size() < 2 || members.size() == devices_.size()) continue;
    // Whoever is in a nearer network belongs to that.
    if (std::any_of(members.begin(), members.end(), [&](std::size_t i) { return block_of[i] < devices_.size(); }))
      continue;
    std::sort(members.begin(), members.end());
    for (const std::size_t i : members) block_of[i] = blocks.size();
    blocks.push_back(std::move(members));
  }
  const bool is_even = blocks.size() > 1 && blocks.size() * blocks.front().size() == devices_.size() &&
                       std::all_of(blocks.begin(), blocks.end(),
                                   [&](const auto& block) { return block.size() == blocks.front().size(); });
  if (!is_even) return {};
  std::sort(blocks.begin(), blocks.end());
  return blocks;
}

Group Group::part(const std::vector<std::size_t>& positions) const {
  std::vector<DeviceIndex> some;
  for (const std::size_t i : positions) some.push_back(devices_[i]);
  return Group(platform_, routes_, std::move(some));
}

}  // namespace upmem_des
