/// Decoders of Llama's make: a family says what is unlike it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "profiler/decoder/gated_mlp.hpp"
#include "profiler/decoder/grouped_attention.hpp"
#include "profiler/decoder/runnable_family.hpp"

namespace upmem_des::profiler {

/// The parts of one decoder layer, whose modules are below `path`; `layer` counts decoder layers.
struct StandardLayer {
  std::function<std::unique_ptr<TokenMixer>(ModelBuilder& builder, const std::string& path, std::int64_t layer)> mixer;
  std::function<std::unique_ptr<FeedForward>(ModelBuilder& builder, const std::string& path, std::int64_t layer)>
      feed_forward;
};

/// model.embed_tokens, the rotary tables, model.layers.N with RMSNorms before both halves, model.norm, lm_head. Weights
/// are asked for in this order, a layer's norms last.
DecoderParts standard_parts(ModelBuilder& builder, std::vector<RotaryTables> rotary, const StandardLayer& layer);

/// Attention with the window, biases and divisor of a usual layer: q_proj, k_proj, v_proj, o_proj as described.
std::unique_ptr<TokenMixer> described_attention(ModelBuilder& builder, const std::string& path, std::int64_t layer);
/// The same with RMSNorms q_norm and k_norm over each head.
std::unique_ptr<TokenMixer> normed_attention(ModelBuilder& builder, const std::string& path, std::int64_t layer);

/// gate_proj, up_proj, down_proj, act_fn below PATH.mlp.
std::unique_ptr<FeedForward> described_mlp(ModelBuilder& builder, const std::string& path, std::int64_t layer);

/// An MLP "PATH.e" for each expert of the layer.
std::vector<std::unique_ptr<GatedMlp>> described_experts(ModelBuilder& builder, const std::string& path,
                                                         std::int64_t layer);

/// One rotary table model.rotary_emb of the configuration's numerics, [B, T, head_dim]. Throws as check_even_heads().
std::vector<RotaryTables> described_rotary(const ModelBuilder& builder);

}  // namespace upmem_des::profiler
