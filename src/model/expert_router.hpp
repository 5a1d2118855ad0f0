/// Which experts the tokens of a weight-free model go to: without weights a router cannot compute it.
#pragma once

#include <cstdint>
#include <vector>

#include "model/decoder_run.hpp"

namespace upmem_des {

/// Routes every token to `chosen` different experts of `experts`.
///
/// round_robin: a token at absolute position p (the prompt's first is 0) goes in decoder layer l to the experts
/// (p + l) mod E, (p + l + 1) mod E, …, in every batch row alike. The load is as even as it can be.
///
/// uniform_random: every set of experts is equally likely, for each token, layer and batch row anew. The draws are
/// splitmix64's, begun at a hash of (seed, p, l, row), and so equal on every machine and in every order.
class ExpertRouter {
 public:
  ExpertRouter(Routing routing, std::uint64_t seed) : routing_(routing), seed_(seed) {}

  /// One layer's routing: sets the first `experts` of `rows` to the number of rows (batch × tokens) that each expert
  /// gets, for the positions first_position … first_position + tokens − 1. `rows` grows to `experts`.
  void count_rows(std::int64_t experts, std::int64_t chosen, std::int64_t layer, std::int64_t first_position,
                  std::int64_t tokens, std::int64_t batch, std::vector<std::int64_t>& rows);

  /// The experts of one token, all different.
  std::vector<std::int64_t> choose(std::int64_t experts, std::int64_t chosen, std::int64_t layer, std::int64_t position,
                                   std::int64_t row);

 private:
  /// Calls use(expert) for each expert that is drawn for one token.
  template <typename Use>
  void draw(std::int64_t experts, std::int64_t chosen, std::int64_t layer, std::int64_t position, std::int64_t row,
            const Use& use);

  Routing routing_;
  std::uint64_t seed_;
  std::vector<std::uint64_t> drawn_at_;  ///< per expert: the draw that it last came out in
  std::uint64_t draw_ = 0;
};

}  // namespace upmem_des
