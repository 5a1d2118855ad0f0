/// Which experts the tokens of a weight-free model go to: without weights a router cannot compute it.
#pragma once

#include <cstdint>
#include <vector>

#include "upmem_des/model/decoder_run.hpp"
#include "upmem_des/workload/slice.hpp"

namespace upmem_des {

/// How many experts there are, and how many of them each token goes to.
struct RoutedExperts {
  std::int64_t experts = 0;
  std::int64_t chosen = 0;
  std::int64_t groups = 1;         ///< equal groups that the experts are in, in order …
  std::int64_t chosen_groups = 1;  ///< … of which a token's experts are all in so many
};

/// Routes every token to different experts.
///
/// balanced: the rows of a pass (batch × tokens) take the experts in turn, row r of all that came before in decoder
/// layer l the experts (r·chosen + l) mod E, (r·chosen + l + 1) mod E, …. The load is as even as it can be.
///
/// round_robin, as published: a token at absolute position p (the prompt's first is 0) goes in decoder layer l to the
/// experts (p + l) mod E, (p + l + 1) mod E, …, in every batch row alike.
///
/// uniform_random: every set of experts is equally likely, for each token, layer and batch row anew; where there are
/// groups, first every set of groups, then every set of their experts. The draws are splitmix64's, begun at a hash of
/// (seed, p, l, row), and so equal on every machine and in every order. Of B rows the mean number of distinct experts
/// is E · (1 − (1 − chosen / E)^B).
///
/// zipf: as uniform_random, but the experts of a token are drawn one after another, in proportion to n^−exponent of the
/// layer's n-th most popular one; which that is, is drawn for each layer.
class ExpertRouter {
 public:
  ExpertRouter(Routing routing, std::uint64_t seed, double exponent = 1)
      : routing_(routing), seed_(seed), exponent_(exponent) {}

  /// One layer's routing: sets the first `experts` of `rows` to the number of new rows of `slices` that each expert
  /// gets. The positions of a sequence's new rows follow its cached ones; its number is its batch row. `rows` grows to
  /// `experts`.
  void count_rows(const RoutedExperts& choice, std::int64_t layer, const std::vector<Slice>& slices,
                  std::vector<std::int64_t>& rows);

  /// The experts of one token of a batch, all different.
  std::vector<std::int64_t> choose(const RoutedExperts& choice, std::int64_t layer, std::int64_t position,
                                   std::int64_t row, std::int64_t batch);

 private:
  static void count_in_turn(const RoutedExperts& choice, std::int64_t layer, const std::vector<Slice>& slices,
                            std::vector<std::int64_t>& rows);
  /// Calls use(expert) for each expert that is drawn for one token.
  template <typename Use>
  void draw(const RoutedExperts& choice, std::int64_t layer, std::int64_t position, std::int64_t row, const Use& use);
  template <typename Use>
  void draw_uniform(const RoutedExperts& choice, std::uint64_t state, const Use& use);
  template <typename Use>
  void draw_zipf(const RoutedExperts& choice, std::int64_t layer, std::uint64_t state, const Use& use);
  void draw_groups(const RoutedExperts& choice, std::uint64_t& state);
  const std::vector<std::int64_t>& ranks(std::int64_t experts, std::int64_t layer);

  Routing routing_;
  std::uint64_t seed_;
  double exponent_;
  std::vector<std::uint64_t> drawn_at_;  ///< per expert: the draw that it last came out in
  std::uint64_t draw_ = 0;
  std::vector<std::int64_t> groups_;              ///< that were drawn for a token
  std::vector<std::vector<std::int64_t>> ranks_;  ///< by layer: experts, the most popular first
  std::vector<double> weights_;                   ///< of zipf, by rank
};

}  // namespace upmem_des
