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

Stages in_turn(Stages first, Stages second) {
  if (first.empty() || second.empty()) return {};
  first.insert(first.end(), std::make_move_iterator(second.begin()), std::make_move_iterator(second.end()));
  return first;
}

std::vector<double> even_shares(std::size_t n) {
  return std::vector<double>(n, 1.0 / static_cast<double>(n));
}

}  // namespace upmem_des
