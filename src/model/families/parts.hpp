/// What the families are put together from. Shapes: B batch rows, T new tokens, L cached and new ones, H hidden size,
/// d head size. A layer's `path` is its path within what it belongs to, "self_attn.q_proj"; its last part is its name.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/decoder_config.hpp"
#include "model/decoder_description.hpp"

namespace upmem_des {

/// A Linear of weight [in, out] on [rows…, in].
Call linear(std::string_view path, std::int64_t id, const std::vector<Size>& rows, std::int64_t in, std::int64_t out);

/// A layer of another type that keeps the shape; `weight` is what a trace records for it.
Call same_shape_layer(std::string_view type, std::string_view path, std::int64_t id, const std::vector<Size>& shape,
                      const Shape& weight);

/// An RMSNorm on [B, T, H]; all families' are recorded as LlamaRMSNorm, the class whose work they do.
Call rms_norm(std::string_view path, std::int64_t id, std::int64_t hidden_size);

/// The SiLU of a gated MLP; its name is not from its path but from the statement that calls it: "return".
Call silu(std::string_view path, std::int64_t id, const std::vector<Size>& shape);

/// A function, without id, path and weight.
Call function(std::string_view type, std::string_view name, std::vector<Size> input, std::vector<Size> output);

/// model.embed_tokens: [B, T] → [B, T, H].
Call embedding(std::int64_t id, std::int64_t hidden_size);

/// lm_head: [B, T, H] → [B, T, V], or the last position of it.
Call language_model_head(std::int64_t id, const DecoderConfig& config);

/// Are the rotary embeddings layers of the stream? With `Modules` each decoder layer constructs one that is never
/// called, and the model one that is called once a pass.
enum class Rotary { Modules, Hidden };

/// Ids of the four projections of attention, within the layer.
struct AttentionIds {
  explicit AttentionIds(ModuleIds& ids) : q(ids.next()), k(ids.next()), v(ids.next()), o(ids.next()) {}

  std::int64_t q, k, v, o;
};

/// q_proj, k_proj, v_proj, the functions of either kind of attention, o_proj. The key of scaled_dot_product_attention
/// has the query's heads: Hugging Face repeats the KV heads before the call.
void add_attention(std::vector<Call>& calls, const DecoderConfig& config, const AttentionIds& ids);

/// The model around its layers: embed_tokens, the rotary embedding if it is a module, the layers, norm, lm_head.
DecoderDescription decoder_around(const LayerGroup& layers, const DecoderConfig& config, Rotary rotary);

}  // namespace upmem_des
