#include "plan/collectives/scatter_gather.hpp"

#include <utility>

#include "plan/collectives/direct.hpp"

namespace upmem_des {

namespace {

Stage inner(Collective collective, std::vector<std::size_t> devices, std::vector<double> shares) {
  Stage stage;
  stage.flows = true;
  stage.inner = {collective, std::move(devices), std::move(shares)};
  return stage;
}

Stages broadcast(const Group& group, const std::vector<double>& shares) {
  const std::vector<std::size_t> others = without_share(shares);
  if (others.size() < 2) return {};
  Stages scattered = Direct().stages(Collective::Broadcast, group, shares);
  if (scattered.empty()) return {};
  const std::vector<double> even = even_shares(others.size());
  for (Send& send : scattered.front().teams.front().sends) send.share = even.front();
  return in_turn(std::move(scattered), {inner(Collective::AllGather, others, even)});
}

Stages reduce(const Group& group, const std::vector<double>& shares) {
  const std::vector<std::size_t> holders = with_share(shares);
  if (holders.size() < 2) return {};
  const std::vector<double> even = even_shares(holders.size());
  std::vector<std::size_t> all;
  std::vector<double> scattered(group.size());
  for (std::size_t i = 0; i < group.size(); ++i) all.push_back(i);
  for (const std::size_t i : holders) scattered[i] = even.front();
  return {inner(Collective::ReduceScatter, holders, even), inner(Collective::Gather, all, scattered)};
}

}  // namespace

Stages ScatterGather::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  if (collective == Collective::Broadcast) return broadcast(group, shares);
  return collective == Collective::Reduce ? reduce(group, shares) : Stages();
}

}  // namespace upmem_des
