/// What Llama, Mistral and Mixtral share. All three are computed as Hugging Face 4.44 does.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "profiler/decoder/families/standard_parts.hpp"

namespace upmem_des::profiler {

/// Attention that sees all rows, with the biases that the numerics say.
std::unique_ptr<TokenMixer> full_attention(ModelBuilder& builder, const std::string& path, std::int64_t layer);
/// The same with the configuration's window.
std::unique_ptr<TokenMixer> windowed_attention(ModelBuilder& builder, const std::string& path, std::int64_t layer);
/// PATH.mlp with the biases that the numerics say.
std::unique_ptr<FeedForward> dense_mlp(ModelBuilder& builder, const std::string& path, std::int64_t layer);

/// Of the configuration's numerics. Throws as check_even_heads().
RotaryEmbedding dense_rotary(const ModelBuilder& builder);
/// Tables that are not recorded.
std::vector<RotaryTables> hidden_rotary(const ModelBuilder& builder);

}  // namespace upmem_des::profiler
