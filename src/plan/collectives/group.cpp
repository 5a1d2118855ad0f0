#include "plan/collectives/group.hpp"

#include <algorithm>
#include <map>

namespace upmem_des {

const Group::Levels& Group::levels() const {
  if (levels_) return *levels_;
  Levels& made = levels_.emplace();
  made.networks_of.resize(devices_.size());
  std::map<DeviceIndex, std::size_t> positions;
  for (std::size_t i = 0; i < devices_.size(); ++i) positions[devices_[i]] = i;
  std::vector<const NetworkSpec*> networks;
  for (const NetworkSpec& network : platform_.networks) networks.push_back(&network);
  std::stable_sort(networks.begin(), networks.end(),
                   [](const NetworkSpec* a, const NetworkSpec* b) { return a->devices.size() < b->devices.size(); });
  for (const NetworkSpec* const network : networks) {
    std::vector<std::size_t> members;
    for (const DeviceIndex device : network->devices)
      if (const auto found = positions.find(device); found != positions.end()) members.push_back(found->second);
    if (members.size() < 2) continue;
    for (const std::size_t i : members) made.networks_of[i].push_back(network);
    if (members.size() < devices_.size()) continue;
    made.measured = network->measured;
    break;
  }
  return made;
}

bool Group::reaches(std::size_t from, std::size_t to) const {
  if (devices_[from] == host_device || devices_[to] == host_device ||
      !routes_.find(devices_[from], devices_[to]).has_value())
    return false;
  const auto& networks_of = levels().networks_of;
  for (const NetworkSpec* const network : networks_of[from])
    if (std::find(networks_of[to].begin(), networks_of[to].end(), network) != networks_of[to].end())
      return !network->measured;
  return true;
}

std::vector<std::vector<std::size_t>> Group::blocks() const {
  const auto& networks_of = levels().networks_of;
  // Whoever is in several networks belongs to the nearest one.
  std::map<const NetworkSpec*, std::vector<std::size_t>> members;
  for (std::size_t i = 0; i < devices_.size(); ++i) {
    if (networks_of[i].empty()) return {};
    members[networks_of[i].front()].push_back(i);
  }
  std::vector<std::vector<std::size_t>> blocks;
  for (const auto& [network, positions] : members) blocks.push_back(positions);
  std::sort(blocks.begin(), blocks.end());
  const bool is_even = blocks.size() > 1 && blocks.front().size() > 1 &&
                       std::all_of(blocks.begin(), blocks.end(),
                                   [&](const auto& block) { return block.size() == blocks.front().size(); });
  return is_even ? blocks : std::vector<std::vector<std::size_t>>();
}

Group Group::part(const std::vector<std::size_t>& positions) const {
  std::vector<DeviceIndex> some;
  for (const std::size_t i : positions) some.push_back(devices_[i]);
  return Group(platform_, routes_, std::move(some));
}

}  // namespace upmem_des
