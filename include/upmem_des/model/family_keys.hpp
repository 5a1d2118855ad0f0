/// How a family's configurations call the common sizes, and what holds where they are absent.
#pragma once

#include <cstdint>

namespace upmem_des {

/// By default as in Llama's configurations. An empty key: the family has no such size.
struct FamilyKeys {
  const char* hidden = "hidden_size";
  const char* layers = "num_hidden_layers";
  const char* heads = "num_attention_heads";
  const char* cache_heads = "num_key_value_heads";
  const char* inner = "intermediate_size";
  const char* vocabulary = "vocab_size";
  const char* activation = "hidden_act";
  const char* experts = "num_local_experts";
  const char* chosen_experts = "num_experts_per_tok";
  const char* positions = "max_position_embeddings";

  std::int64_t inner_factor = 0;         ///< intermediate_size is that times hidden_size; 0: it has to be given
  std::int64_t default_heads = 0;        ///< 0: they have to be given
  std::int64_t default_vocabulary = 0;   ///< 0: it has to be given
  std::int64_t default_cache_heads = 0;  ///< 0: as many as query heads
  std::int64_t default_head_dim = 0;     ///< 0: hidden_size / heads
  std::int64_t default_window = 0;       ///< 0: none
  bool window_is_switched = false;       ///< a window holds only where use_sliding_window is true
  bool default_tied = false;
  const char* default_activation = "silu";
  std::int64_t default_experts = 0;
  std::int64_t default_chosen_experts = 0;
  bool one_expert_is_none = false;  ///< a single one is a plain feed-forward part, which no router chooses
};

}  // namespace upmem_des
