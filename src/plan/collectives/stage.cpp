#include "plan/collectives/stage.hpp"

#include <iterator>
#include <numeric>
#include <utility>

namespace upmem_des {

Stage stage_of(std::size_t n, Stage::How how) {
  Stage stage;
  stage.how = how;
  Stage::Team& team = stage.teams.emplace_back();
  team.devices.resize(n);
  std::iota(team.devices.begin(), team.devices.end(), std::size_t{0});
  return stage;
}

Stage flowing_stage(std::vector<std::size_t> devices, Stage::How how) {
  Stage stage;
  stage.how = how;
  stage.flows = true;
  stage.teams.emplace_back().devices = std::move(devices);
  return stage;
}

Stages in_turn(Stages first, Stages second) {
  if (first.empty() || second.empty()) return {};
  first.insert(first.end(), std::make_move_iterator(second.begin()), std::make_move_iterator(second.end()));
  return first;
}

namespace {

std::vector<std::size_t> positions(const std::vector<double>& shares, bool has_some) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < shares.size(); ++i)
    if ((shares[i] > 0) == has_some) found.push_back(i);
  return found;
}

}  // namespace

std::vector<std::size_t> with_share(const std::vector<double>& shares) {
  return positions(shares, true);
}

std::vector<std::size_t> without_share(const std::vector<double>& shares) {
  return positions(shares, false);
}

std::vector<double> even_shares(std::size_t n) {
  return std::vector<double>(n, 1.0 / static_cast<double>(n));
}

}  // namespace upmem_des
