"""Configurations of small models of all decoder families that transformers has and the simulator knows."""

_SIZES = {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
          "num_key_value_heads": 2, "vocab_size": 128, "max_position_embeddings": 64}
_EXPERTS = {"head_dim": 16, "num_experts_per_tok": 2, "moe_intermediate_size": 32}
_LATENT = {**_SIZES, "q_lora_rank": 24, "kv_lora_rank": 32, "qk_rope_head_dim": 8, "qk_nope_head_dim": 16,
           "v_head_dim": 16, "n_routed_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32,
           "n_shared_experts": 1, "first_k_dense_replace": 1, "num_key_value_heads": 4}
_LINEAR = {**_SIZES, "head_dim": 16, "num_hidden_layers": 4, "linear_num_key_heads": 2, "linear_num_value_heads": 4,
           "linear_key_head_dim": 16, "linear_value_head_dim": 16}
_ENDS = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 1}

FAMILIES = {
    "llama": _SIZES,
    "mistral": {**_SIZES, "sliding_window": 8},
    "ministral3": {**_SIZES, "head_dim": 16},
    "mixtral": {**_SIZES, "num_local_experts": 4, "num_experts_per_tok": 2, "sliding_window": None},
    "qwen2": _SIZES,
    "qwen3": {**_SIZES, "head_dim": 16},
    "qwen3_moe": {**_SIZES, **_EXPERTS, "num_experts": 4},
    "qwen3_next": {**_LINEAR, **_EXPERTS, "num_experts": 4, "shared_expert_intermediate_size": 32},
    "qwen3_5_text": _LINEAR,
    "gemma2": {**_SIZES, "head_dim": 16, "sliding_window": 8},
    "gemma3_text": {**_SIZES, "head_dim": 16, "sliding_window": 8, "num_hidden_layers": 6},
    "gpt_oss": {**_SIZES, "head_dim": 16, "num_local_experts": 4, "num_experts_per_tok": 2, "sliding_window": 8,
                "layer_types": ["sliding_attention", "full_attention"]},
    "deepseek_v2": {**_LATENT, "n_group": 1, "topk_group": 1, "topk_method": "greedy"},
    "deepseek_v3": {**_LATENT, "n_group": 2, "topk_group": 1},
    "llama4_text": {**_SIZES, "head_dim": 16, "intermediate_size_mlp": 96, "num_local_experts": 4,
                    "num_experts_per_tok": 1, "attention_chunk_size": 8, "num_hidden_layers": 4,
                    "interleave_moe_layer_step": 1},
    "glm4_moe": {**_SIZES, **_EXPERTS, "n_routed_experts": 4, "n_shared_experts": 1, "first_k_dense_replace": 1,
                 "n_group": 1, "topk_group": 1},
    "minimax_m2": {**_SIZES, "head_dim": 16, "num_local_experts": 4, "num_experts_per_tok": 2, "rotary_dim": 8},
    "phi3": {**_SIZES, "pad_token_id": 0},
    "granite": _SIZES,
    "smollm3": {**_SIZES, **_ENDS, "num_hidden_layers": 4},
    "olmo2": {**_SIZES, **_ENDS},
    "gpt2": {"n_embd": 64, "n_layer": 2, "n_head": 4, "n_positions": 64, "vocab_size": 128},
    "opt": {"hidden_size": 64, "ffn_dim": 96, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 128,
            "max_position_embeddings": 64, "word_embed_proj_dim": 64},
    "falcon": {"hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 128,
               "multi_query": True},
    "gpt_neox": {"hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
                 "vocab_size": 128, "max_position_embeddings": 64},
    "mamba": {"hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 128, "state_size": 8},
    "mamba2": {"hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 128, "state_size": 16, "num_heads": 8,
               "head_dim": 16, "n_groups": 1, "chunk_size": 8},
    "jamba": {**_SIZES, "num_experts": 4, "num_experts_per_tok": 2, "num_hidden_layers": 4, "attn_layer_period": 2,
              "attn_layer_offset": 1, "expert_layer_period": 2, "expert_layer_offset": 1, "mamba_d_state": 8,
              "mamba_d_conv": 4, "mamba_expand": 2, "mamba_dt_rank": 8, "use_mamba_kernels": False},
}

# Numbers that are used element by element (decays, skips, biases of steps) are no product's parameters, and a trace of
# functions does not tell them: so many of each model's.
UNTOLD = {"jamba": 4608, "mamba": 3584, "mamba2": 48, "qwen3_5_text": 24, "qwen3_next": 24}

# Of the 14 rows that each sequence has in the end, a window or chunk of 8 holds at most 8, in so many of the layers.
WINDOWED = {"mistral": (2, 2), "gemma2": (1, 2), "gemma3_text": (5, 6), "gpt_oss": (1, 2), "llama4_text": (3, 4)}
