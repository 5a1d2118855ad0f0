#include "plan/collectives/binomial_tree.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

/// From a device nearer to the root to one farther away.
struct Edge {
  std::size_t near = 0;
  std::size_t far = 0;
};
using Rounds = std::vector<std::vector<Edge>>;

/// Of a broadcast to those that lack it, in their order.
Rounds rounds(std::vector<std::size_t> have, const std::vector<std::size_t>& lack) {
  Rounds all;
  for (std::size_t next = 0; next < lack.size();) {
    std::vector<Edge>& round = all.emplace_back();
    const std::size_t senders = have.size();
    for (std::size_t i = 0; i < senders && next < lack.size(); ++i, ++next) {
      round.push_back({have[i], lack[next]});
      have.push_back(lack[next]);
    }
  }
  return all;
}

Stages broadcast(const Group& group, const std::vector<double>& shares) {
  Stages stages;
  for (const std::vector<Edge>& round : rounds(with_share(shares), without_share(shares))) {
    Stage stage = flowing_stage({});
    stage.in_rounds = true;
    for (const Edge& edge : round) {
      if (!group.has_way(edge.near, edge.far)) return {};
      stage.teams.front().devices.push_back(edge.far);
      stage.teams.front().sends.push_back({edge.near, edge.far, 1});
    }
    stages.push_back(stage);
  }
  return stages;
}

/// The others in their order from the root on, around.
Rounds rounds_from_root(const Group& group) {
  std::vector<std::size_t> others;
  for (std::size_t i = 1; i < group.size(); ++i) others.push_back((group.root() + i) % group.size());
  return rounds({group.root()}, others);
}

/// A sum is as large as what is added, shares that come together are not.
Stages to_root(const Group& group, std::vector<double> held, bool adds) {
  Rounds back = rounds_from_root(group);
  std::reverse(back.begin(), back.end());
  Stages stages;
  for (const std::vector<Edge>& round : back) {
    Stage stage = flowing_stage({});
    stage.in_rounds = true;
    for (const Edge& edge : round) {
      if (!group.has_way(edge.far, edge.near)) return {};
      stage.teams.front().devices.push_back(edge.near);
      stage.teams.front().sends.push_back({edge.far, edge.near, held[edge.far]});
      if (!adds) held[edge.near] += held[edge.far];
    }
    if (adds) stage.sum = {2, 1};
    stages.push_back(stage);
  }
  return stages;
}

}  // namespace

Stages BinomialTree::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  if (collective == Collective::Broadcast) return broadcast(group, shares);
  if (collective == Collective::Gather) return to_root(group, shares, false);
  // A root that has no tensor itself has nothing to add the first one to.
  if (collective == Collective::Reduce && shares[group.root()] > 0) return to_root(group, shares, true);
  return {};
}

}  // namespace upmem_des
