/// Multi-head latent attention (DeepSeek-V2): the cache has one row a token, from which all heads' keys and values
/// come.
#pragma once

#include <cstdint>
#include <string>

#include "model/blocks/calls.hpp"
#include "model/blocks/layer_builder.hpp"

namespace upmem_des {

struct LatentAttentionBlock {
  std::string path = "self_attn";
  std::string norm_type;
  std::int64_t hidden_size = 0;
  std::int64_t heads = 0;
  std::int64_t query_rank = 0;    ///< of the queries' low-rank projection; 0: they have a whole one
  std::int64_t latent_rank = 0;   ///< kv_lora_rank
  std::int64_t plain_width = 0;   ///< qk_nope_head_dim
  std::int64_t rotary_width = 0;  ///< qk_rope_head_dim, shared by all heads
  std::int64_t value_width = 0;   ///< v_head_dim
  bool bias = false;              ///< of q_a_proj, kv_a_proj_with_mqa and o_proj
};

/// As kernels each head's part with a position and the one of all keys are turned (rotary), latent rows written
/// (cache_write).
///
/// Adds the block's calls. In prefill kv_b_proj expands the new rows to keys and values of every head, which attention
/// then reads; in decode it is absorbed: the same weights multiply each new token's query and result, and attention
/// reads the latent rows themselves. Both take the same work for kv_b_proj, which therefore is one call.
Value add_latent_attention(LayerBuilder& builder, const LatentAttentionBlock& block, Value input);

}  // namespace upmem_des
