#include "plan/collectives/hierarchical.hpp"

#include <algorithm>
#include <numeric>

namespace upmem_des {

namespace {

using Blocks = std::vector<std::vector<std::size_t>>;

/// Block by block, or the places of a block.
class Parts {
 public:
  Parts(const Group& group, Blocks parts) : group_(group), parts_(std::move(parts)) {}

  /// The same in each part at once. A part has its share of the tensor, of which its devices have theirs.
  Stages each(const CollectiveAlgorithm& algorithm, Collective collective, const std::vector<double>& held,
              const std::vector<double>& part_of_tensor) const {
    Stages all;
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      const std::vector<std::size_t>& part = parts_[p];
      Stages some = algorithm.stages(collective, group_.part(part), shares_in(part, held));
      if (some.empty() || (!all.empty() && some.size() != all.size())) return {};
      for (std::size_t s = 0; s < some.size(); ++s) {
        for (Stage::Team& team : some[s].teams) place(team, part, part_of_tensor[p]);
        some[s].sum.share *= part_of_tensor[p];
        if (all.size() <= s) {
          all.push_back(std::move(some[s]));
          continue;
        }
        if (some[s].how != all[s].how || some[s].passes != all[s].passes) return {};
        for (Stage::Team& team : some[s].teams) all[s].teams.push_back(std::move(team));
      }
    }
    return all;
  }

  std::vector<double> sums(const std::vector<double>& held) const {
    std::vector<double> sums;
    for (const std::vector<std::size_t>& part : parts_) {
      double sum = 0;
      for (const std::size_t i : part) sum += held[i];
      sums.push_back(sum);
    }
    return sums;
  }

 private:
  static std::vector<double> shares_in(const std::vector<std::size_t>& part, const std::vector<double>& held) {
    double sum = 0;
    for (const std::size_t i : part) sum += held[i];
    if (sum <= 0) return even_shares(part.size());
    std::vector<double> shares;
    for (const std::size_t i : part) shares.push_back(held[i] / sum);
    return shares;
  }

  static void place(Stage::Team& team, const std::vector<std::size_t>& part, double part_of_tensor) {
    for (std::size_t& device : team.devices) device = part[device];
    for (Send& send : team.sends) {
      if (send.from != Send::host) send.from = part[send.from];
      if (send.to != Send::host) send.to = part[send.to];
      send.share *= part_of_tensor;
    }
    for (double& share : team.sum_shares) share *= part_of_tensor;
    team.host_share *= part_of_tensor;
  }

  const Group& group_;
  Blocks parts_;
};

/// The first of each block, the second of each, and so on.
Blocks across(const Blocks& blocks) {
  Blocks places(blocks.front().size());
  for (std::size_t j = 0; j < places.size(); ++j)
    for (const std::vector<std::size_t>& block : blocks) places[j].push_back(block[j]);
  return places;
}

}  // namespace

std::string Hierarchical::title() const {
  return "hierarchical (" + inside_->name() + ", then " + across_->name() + ")";
}

Stages Hierarchical::stages(Collective collective, const Group& group, const std::vector<double>& shares) const {
  if (has_root(collective)) return {};
  const Blocks blocks = group.blocks();
  if (blocks.empty()) return {};
  const Blocks places = across(blocks);
  const bool goes_on = !group.part(places.front()).blocks().empty();
  const CollectiveAlgorithm& upper = goes_on ? static_cast<const CollectiveAlgorithm&>(*this) : *across_;
  const Parts inside(group, blocks);
  const Parts between(group, places);
  const std::vector<double> all(blocks.size(), 1);
  const std::vector<double> even = even_shares(group.size());
  const std::vector<double> of_places = even_shares(places.size());
  // What a place has of the tensor is there, for a while, on the place's device of every block.
  const std::vector<double> sums_of_places = between.sums(shares);
  std::vector<double> gathered(group.size());
  for (std::size_t j = 0; j < places.size(); ++j)
    for (const std::size_t i : places[j]) gathered[i] = sums_of_places[j];
  if (collective == Collective::AllGather)
    return in_turn(between.each(upper, collective, shares, sums_of_places),
                   inside.each(*inside_, collective, gathered, all));
  if (collective == Collective::AllToAll) {
    // Mates of a block are sent what is meant for their places; a place has then an even part of what all have.
    const std::vector<double> sums = inside.sums(shares);
    std::vector<double> dealt(group.size());
    for (std::size_t b = 0; b < blocks.size(); ++b)
      for (const std::size_t i : blocks[b]) dealt[i] = sums[b] / static_cast<double>(blocks[b].size());
    return in_turn(inside.each(*inside_, collective, shares, sums),
                   between.each(upper, collective, dealt, between.sums(dealt)));
  }
  if (collective == Collective::ReduceScatter)
    return in_turn(inside.each(*inside_, collective, gathered, all),
                   between.each(upper, collective, shares, sums_of_places));
  const Stages scattered = in_turn(inside.each(*inside_, Collective::ReduceScatter, even, all),
                                   between.each(upper, collective, even, of_places));
  return in_turn(scattered, inside.each(*inside_, Collective::AllGather, even, all));
}

}  // namespace upmem_des
