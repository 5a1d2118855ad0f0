/// A mixture of experts: a router, the experts that it chooses, and those that every token goes to.
#pragma once

#include <cstdint>
#include <string>

#include "model/blocks/feed_forward.hpp"

namespace upmem_des {

struct ExpertsBlock {
  std::string router = "mlp.gate";      ///< path
  std::string router_type;              ///< its class
  bool router_bias = false;             ///< a parameter, not a buffer that corrects the choice
  std::string experts = "mlp.experts";  ///< path of expert e: "PATH.e"
  std::int64_t count = 0;
  std::int64_t chosen = 0;                     ///< for each token
  std::int64_t groups = 1, chosen_groups = 1;  ///< experts are chosen from the best of these groups
  GatedBlock expert;                           ///< its rows and its path within the expert are filled in

  std::string shared;  ///< path of the expert that every token goes to; empty: none
  std::int64_t shared_inner = 0;
  std::string shared_activation = "act_fn";
  std::string shared_gate;    ///< path of the linear layer whose sigmoid weighs it; empty: none
  bool shared_first = false;  ///< called before the router, not after the experts
};

/// Adds the block's calls, reading `input`, and adds the results to the residual stream. The shared expert does not
/// wait for the router.
void add_experts(LayerBuilder& builder, const ExpertsBlock& block, Value input);

}  // namespace upmem_des
