/// Attention with keys and values of its own for every head of the cache: multi-head, grouped, multi-query.
#pragma once

#include <cstdint>
#include <string>

#include "model/blocks/calls.hpp"
#include "model/blocks/layer_builder.hpp"

namespace upmem_des {

/// Norms of queries and keys.
enum class QueryKeyNorm {
  None,
  PerHead,   ///< over each head: [B, T, h, d]
  AllHeads,  ///< over all of them: [B, T, h·d]
  L2         ///< over each head, without weights
};

struct AttentionBlock {
  std::string path = "self_attn";
  std::int64_t hidden_size = 0;
  std::int64_t heads = 0;
  std::int64_t cache_heads = 0;
  std::int64_t head_dim = 0;

  std::string linear_type = "Linear";
  std::string query = "q_proj", key = "k_proj", value = "v_proj", output = "o_proj";
  std::string fused;  ///< one projection gives query, key and value; empty: three do
  bool query_bias = false, key_bias = false, value_bias = false, output_bias = false;

  std::int64_t rotary_width = 0;  ///< numbers of a head that are turned by their position; 0: none

  QueryKeyNorm qk_norm = QueryKeyNorm::None;
  std::string norm_type;  ///< of q_norm and k_norm
  std::string query_norm = "q_norm", key_norm = "k_norm";
  bool norms_after_values = false;   ///< called after v_proj, not each after its projection
  bool output_gate = false;          ///< q_proj is twice as wide; what attention gives is multiplied by its sigmoid
  operation::Attention operation{};  ///< mask, sinks …; heads, and Fused, Scores … are filled in
  /// Rows of keys, where they are not all cached and new tokens: an encoder's.
  Size key_rows = Size::Kind::TotalTokens;
  Size query_rows = Size::Kind::NewTokens;
  /// Rows that keys and values are projected from, where these are another sequence's: once, in prefill. Empty: the
  /// queries' own.
  Sizes memory_rows;
};

/// Biases of all four projections, or of none.
inline void set_biases(AttentionBlock& block, bool bias) {
  block.query_bias = block.key_bias = block.value_bias = block.output_bias = bias;
}

/// As kernels query, key and value are one projection, qkv_proj, but for those with norms over all heads, an output
/// gate, memory rows or biases of some; queries and keys are turned (rotary), keys and values written (cache_write).
///
/// Adds the block's calls, reading `input` (a norm's result, or the hidden state); gives the output projection's
/// result. The key of the attention function has the query's heads: Hugging Face repeats those of the cache before the
/// call.
Value add_attention(LayerBuilder& builder, const AttentionBlock& block, Value input);

}  // namespace upmem_des
