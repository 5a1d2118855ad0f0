/// The part of a layer that works on each token alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/blocks/calls.hpp"
#include "model/blocks/layer_builder.hpp"
#include "upmem_des/model/activation_kind.hpp"

namespace upmem_des {

/// act(gate(x)) · up(x), projected down.
struct GatedBlock {
  std::string path = "mlp";
  std::string gate = "gate_proj", up = "up_proj", down = "down_proj";
  std::string fused;  ///< one projection gives gate and up, side by side; empty: two do
  ActivationKind activation;
  std::int64_t hidden_size = 0;
  std::int64_t inner_size = 0;
  bool bias = false;
  Sizes rows = token_rows();
};
/// As kernels gate and up are one projection, gate_up_proj, and the activation multiplies by up (act_and_mul).
///
/// Adds the block's calls, reading `input` (values, for experts those of the router too); gives the last one's result.
Value add_gated(LayerBuilder& builder, const GatedBlock& block, const std::vector<Value>& input);

/// act(first(x)), projected down.
struct PlainBlock {
  std::string first, down;  ///< paths
  ActivationKind activation;
  std::string activation_path;
  std::string linear_type = "Linear";
  std::int64_t hidden_size = 0;
  std::int64_t inner_size = 0;
  bool bias = true;
  Sizes rows = token_rows();
};
Value add_plain(LayerBuilder& builder, const PlainBlock& block, Value input);

}  // namespace upmem_des
