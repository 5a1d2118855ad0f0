/// Recurrences in place of attention: a state of fixed size for each sequence.
#pragma once

#include <cstdint>
#include <string>

#include "model/blocks/calls.hpp"
#include "model/blocks/layer_builder.hpp"

namespace upmem_des {

/// Mamba's selective scan (Gu and Dao, 2023).
struct MambaBlock {
  std::string path = "mixer";
  std::int64_t hidden_size = 0;
  std::int64_t inner_size = 0;  ///< channels
  std::int64_t state_size = 0;  ///< numbers of state for each channel
  std::int64_t kernel = 0;      ///< of the convolution along the sequence
  std::int64_t step_rank = 0;   ///< of the time step's low-rank projection
  bool bias = false;            ///< of in_proj and out_proj
  bool convolution_bias = true;
  std::string norm_type;  ///< of norms over the time step and the two state projections (Jamba); empty: none
};
Value add_mamba(LayerBuilder& builder, const MambaBlock& block, Value input);

/// Mamba-2 (Dao and Gu, 2024): a state of head_dim · state_size for each head.
struct Mamba2Block {
  std::string path = "mixer";
  std::string norm_type;
  std::int64_t hidden_size = 0;
  std::int64_t heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t state_size = 0;
  std::int64_t groups = 0;
  std::int64_t kernel = 0;
  bool bias = false;
  bool convolution_bias = true;
};
Value add_mamba2(LayerBuilder& builder, const Mamba2Block& block, Value input);

/// The gated delta rule (Yang, Kautz and Hatamizadeh, 2024): a matrix of key width times value width for each value
/// head.
struct DeltaNetBlock {
  std::string path = "linear_attn";
  std::string norm_type;
  std::int64_t hidden_size = 0;
  std::int64_t key_heads = 0, value_heads = 0;
  std::int64_t key_width = 0, value_width = 0;
  std::int64_t kernel = 0;
  bool fused_projections = true;  ///< in_proj_qkvz and in_proj_ba, not in_proj_qkv, _z, _b and _a
};
Value add_delta_net(LayerBuilder& builder, const DeltaNetBlock& block, Value input);

}  // namespace upmem_des
