#include "model/expert_router.hpp"

#include <algorithm>

namespace upmem_des {

namespace {

/// Steele, Lea and Flood's splitmix64: a full-period generator whose output is a good hash of its state.
std::uint64_t splitmix64(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebU;
  return mixed ^ (mixed >> 31U);
}

/// How many of the positions p = first … first + tokens − 1 have (expert − p − layer) mod experts below `chosen`.
std::int64_t round_robin_tokens(std::int64_t expert, std::int64_t experts, std::int64_t chosen, std::int64_t layer,
                                std::int64_t first, std::int64_t tokens) {
  // Each full turn of `experts` positions brings every expert `chosen` tokens. What is left is less than a turn: its
  // i-th position (i from 0) chooses the expert when (offset − i) mod experts < chosen.
  const std::int64_t rest = tokens % experts;
  const std::int64_t offset = (expert - (first + layer) % experts + experts) % experts;
  const std::int64_t before = std::min(rest, offset + 1) - std::max<std::int64_t>(0, offset - chosen + 1);
  const std::int64_t wrapped = rest - (offset + experts - chosen + 1);
  return tokens / experts * chosen + std::max<std::int64_t>(0, before) + std::max<std::int64_t>(0, wrapped);
}

}  // namespace

template <typename Use>
void ExpertRouter::draw(std::int64_t experts, std::int64_t chosen, std::int64_t layer, std::int64_t position,
                        std::int64_t row, const Use& use) {
  if (drawn_at_.size() < static_cast<std::size_t>(experts)) drawn_at_.resize(static_cast<std::size_t>(experts), 0);
  std::uint64_t state = seed_;
  for (const std::int64_t part : {position, layer, row}) state = splitmix64(state) ^ static_cast<std::uint64_t>(part);
  ++draw_;
  // Floyd's sampling: k draws give k different numbers, every set with the same probability.
  for (std::int64_t last = experts - chosen; last < experts; ++last) {
    auto expert = static_cast<std::size_t>(splitmix64(state) % static_cast<std::uint64_t>(last + 1));
    if (drawn_at_[expert] == draw_) expert = static_cast<std::size_t>(last);
    drawn_at_[expert] = draw_;
    use(expert);
  }
}

void ExpertRouter::count_rows(std::int64_t experts, std::int64_t chosen, std::int64_t layer,
                              std::int64_t first_position, std::int64_t tokens, std::int64_t batch,
                              std::vector<std::int64_t>& rows) {
  rows.resize(std::max(rows.size(), static_cast<std::size_t>(experts)));
  if (routing_ == Routing::round_robin) {
    for (std::int64_t expert = 0; expert < experts; ++expert)
      rows[static_cast<std::size_t>(expert)] =
          batch * round_robin_tokens(expert, experts, chosen, layer, first_position, tokens);
    return;
  }
  std::fill_n(rows.begin(), experts, 0);
  for (std::int64_t position = first_position; position < first_position + tokens; ++position)
    for (std::int64_t row = 0; row < batch; ++row)
      draw(experts, chosen, layer, position, row, [&rows](std::size_t expert) { ++rows[expert]; });
}

std::vector<std::int64_t> ExpertRouter::choose(std::int64_t experts, std::int64_t chosen, std::int64_t layer,
                                               std::int64_t position, std::int64_t row) {
  std::vector<std::int64_t> chosen_experts;
  if (routing_ == Routing::round_robin) {
    for (std::int64_t i = 0; i < chosen; ++i) chosen_experts.push_back((position + layer + i) % experts);
  } else {
    draw(experts, chosen, layer, position, row,
         [&chosen_experts](std::size_t expert) { chosen_experts.push_back(static_cast<std::int64_t>(expert)); });
  }
  return chosen_experts;
}

}  // namespace upmem_des
