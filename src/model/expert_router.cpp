#include "model/expert_router.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

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

/// A number from 0 up to, not including, 1.
double uniform(std::uint64_t& state) {
  return static_cast<double>(splitmix64(state) >> 11U) * 0x1p-53;
}

/// Floyd's sampling: `count` draws give as many different numbers below `of`, every set with the same probability.
/// `is_new(number)` marks a number and tells whether it was not marked before.
template <typename IsNew, typename Use>
void sample(std::int64_t of, std::int64_t count, std::uint64_t& state, const IsNew& is_new, const Use& use) {
  for (std::int64_t last = of - count; last < of; ++last) {
    auto number = static_cast<std::int64_t>(splitmix64(state) % static_cast<std::uint64_t>(last + 1));
    if (!is_new(number)) {
      number = last;
      is_new(number);
    }
    use(number);
  }
}

}  // namespace

void ExpertRouter::draw_groups(const RoutedExperts& choice, std::uint64_t& state) {
  groups_.clear();
  const auto is_new = [&](std::int64_t group) {
    return std::find(groups_.begin(), groups_.end(), group) == groups_.end();
  };
  sample(choice.groups, choice.chosen_groups, state, is_new, [&](std::int64_t group) { groups_.push_back(group); });
  std::sort(groups_.begin(), groups_.end());
}

template <typename Use>
void ExpertRouter::draw_uniform(const RoutedExperts& choice, std::uint64_t state, const Use& use) {
  const auto is_new = [&](std::int64_t expert) {
    std::uint64_t& drawn = drawn_at_[static_cast<std::size_t>(expert)];
    if (drawn == draw_) return false;
    drawn = draw_;
    return true;
  };
  if (choice.chosen_groups == choice.groups) {
    sample(choice.experts, choice.chosen, state, is_new, use);
    return;
  }
  draw_groups(choice, state);
  const std::int64_t of_group = choice.experts / choice.groups;
  sample(of_group * choice.chosen_groups, choice.chosen, state, is_new, [&](std::int64_t number) {
    use(groups_[static_cast<std::size_t>(number / of_group)] * of_group + number % of_group);
  });
}

const std::vector<std::int64_t>& ExpertRouter::ranks(std::int64_t experts, std::int64_t layer) {
  const auto place = static_cast<std::size_t>(layer);
  if (ranks_.size() <= place) ranks_.resize(place + 1);
  std::vector<std::int64_t>& of_layer = ranks_[place];
  if (static_cast<std::int64_t>(of_layer.size()) == experts) return of_layer;
  of_layer.resize(static_cast<std::size_t>(experts));
  for (std::int64_t expert = 0; expert < experts; ++expert) of_layer[static_cast<std::size_t>(expert)] = expert;
  std::uint64_t state = seed_;
  state = splitmix64(state) ^ static_cast<std::uint64_t>(layer);
  for (std::size_t last = of_layer.size() - 1; last > 0; --last)
    std::swap(of_layer[last], of_layer[splitmix64(state) % (last + 1)]);
  return of_layer;
}

template <typename Use>
void ExpertRouter::draw_zipf(const RoutedExperts& choice, std::int64_t layer, std::uint64_t state, const Use& use) {
  const std::vector<std::int64_t>& popular = ranks(choice.experts, layer);
  const auto experts = static_cast<std::size_t>(choice.experts);
  while (weights_.size() < experts) weights_.push_back(std::pow(static_cast<double>(weights_.size() + 1), -exponent_));
  const bool limited = choice.chosen_groups < choice.groups;
  if (limited) draw_groups(choice, state);
  const std::int64_t of_group = choice.experts / choice.groups;
  const auto is_open = [&](std::size_t rank) {
    const std::int64_t expert = popular[rank];
    if (drawn_at_[static_cast<std::size_t>(expert)] == draw_) return false;
    return !limited || std::binary_search(groups_.begin(), groups_.end(), expert / of_group);
  };
  for (std::int64_t i = 0; i < choice.chosen; ++i) {
    double open = 0;
    for (std::size_t rank = 0; rank < experts; ++rank)
      if (is_open(rank)) open += weights_[rank];
    double at = uniform(state) * open;
    std::size_t found = experts;
    for (std::size_t rank = 0; rank < experts; ++rank) {
      if (!is_open(rank)) continue;
      found = rank;
      at -= weights_[rank];
      if (at < 0) break;
    }
    drawn_at_[static_cast<std::size_t>(popular[found])] = draw_;
    use(popular[found]);
  }
}

template <typename Use>
void ExpertRouter::draw(const RoutedExperts& choice, std::int64_t layer, std::int64_t position, std::int64_t row,
                        const Use& use) {
  if (drawn_at_.size() < static_cast<std::size_t>(choice.experts))
    drawn_at_.resize(static_cast<std::size_t>(choice.experts), 0);
  std::uint64_t state = seed_;
  for (const std::int64_t part : {position, layer, row}) state = splitmix64(state) ^ static_cast<std::uint64_t>(part);
  ++draw_;
  if (routing_ == Routing::zipf)
    draw_zipf(choice, layer, state, use);
  else
    draw_uniform(choice, state, use);
}

void ExpertRouter::count_rows(const RoutedExperts& choice, std::int64_t layer, const std::vector<Slice>& slices,
                              std::vector<std::int64_t>& rows) {
  const std::int64_t experts = choice.experts;
  rows.resize(std::max(rows.size(), static_cast<std::size_t>(experts)));
  std::fill_n(rows.begin(), experts, 0);
  if (routing_ == Routing::balanced) {
    count_in_turn(choice, layer, slices, rows);
    return;
  }
  for (const Slice& slice : slices) {
    if (routing_ == Routing::round_robin) {
      for (std::int64_t expert = 0; expert < experts; ++expert)
        rows[static_cast<std::size_t>(expert)] +=
            slice.sequences *
            round_robin_tokens(expert, experts, choice.chosen, layer, slice.cached_rows, slice.new_rows);
      continue;
    }
    for (std::int64_t position = slice.cached_rows; position < slice.rows(); ++position)
      for (std::int64_t row = slice.first; row < slice.first + slice.sequences; ++row)
        draw(choice, layer, position, row, [&rows](std::int64_t expert) { ++rows[static_cast<std::size_t>(expert)]; });
  }
}

/// The experts of all rows, one after another, are consecutive numbers.
void ExpertRouter::count_in_turn(const RoutedExperts& choice, std::int64_t layer, const std::vector<Slice>& slices,
                                 std::vector<std::int64_t>& rows) {
  const std::int64_t experts = choice.experts;
  std::int64_t places = 0;
  std::int64_t before = 0;  // rows, of which a turn of all experts leaves no trace
  for (const Slice& slice : slices) {
    places += slice.sequences * slice.new_rows * choice.chosen;
    before = (before + slice.cached_rows % experts * (slice.sequences % experts)) % experts;
  }
  const std::int64_t first = (before * choice.chosen + layer) % experts;
  for (std::int64_t expert = 0; expert < experts; ++expert)
    rows[static_cast<std::size_t>(expert)] =
        places / experts + ((expert - first + experts) % experts < places % experts ? 1 : 0);
}

std::vector<std::int64_t> ExpertRouter::choose(const RoutedExperts& choice, std::int64_t layer, std::int64_t position,
                                               std::int64_t row, std::int64_t batch) {
  std::vector<std::int64_t> chosen_experts;
  const std::int64_t experts = choice.experts;
  if (routing_ == Routing::round_robin || routing_ == Routing::balanced) {
    const std::int64_t first = routing_ == Routing::round_robin
                                   ? position + layer
                                   : (position % experts * (batch % experts) + row) % experts * choice.chosen + layer;
    for (std::int64_t i = 0; i < choice.chosen; ++i) chosen_experts.push_back((first + i) % experts);
  } else {
    draw(choice, layer, position, row, [&chosen_experts](std::int64_t expert) { chosen_experts.push_back(expert); });
  }
  return chosen_experts;
}

}  // namespace upmem_des
