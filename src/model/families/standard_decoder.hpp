/// Decoders of the usual make: attention, then a feed-forward part, each with norms and a residual connection.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "model/blocks/attention.hpp"
#include "model/blocks/experts.hpp"
#include "model/blocks/feed_forward.hpp"
#include "model/blocks/frame.hpp"
#include "model/blocks/residual_stream.hpp"
#include "upmem_des/model/decoder_config.hpp"

namespace upmem_des {

/// Rows that attention sees in a layer.
struct LayerMask {
  operation::Attention::Mask mask = operation::Attention::Mask::Run;
  std::int64_t window = 0;

  friend bool operator==(const LayerMask& a, const LayerMask& b) { return a.mask == b.mask && a.window == b.window; }
};

/// A family says what is unlike this: Llama's layers, named after `prefix` ("Qwen3": Qwen3RMSNorm).
class StandardDecoder {
 public:
  enum class Norms {
    Before,  ///< input_layernorm, post_attention_layernorm
    After,   ///< post_attention_layernorm, post_feedforward_layernorm
    Both     ///< input, post_attention, pre_feedforward, post_feedforward
  };

  StandardDecoder(const DecoderConfig& config, const std::string& prefix);

  DecoderDescription describe() const;

  const DecoderConfig& config;
  Frame around;
  AttentionBlock attention;
  GatedBlock feed_forward;
  ExpertsBlock experts;
  Norms norms = Norms::Before;
  std::string norm_type;
  /// By the layer's number.
  std::function<bool(std::int64_t)> has_experts = [](std::int64_t) { return false; };
  std::function<LayerMask(std::int64_t)> mask = [](std::int64_t) { return LayerMask(); };
  /// Another block in place of attention, in layers of which it says true; gives the block's result.
  std::function<bool(std::int64_t)> has_other_mixer = [](std::int64_t) { return false; };
  std::function<Value(LayerBuilder&, Value)> other_mixer;
  /// The last changes to a layer's attention, by its number.
  std::function<void(std::int64_t, AttentionBlock&)> vary = [](std::int64_t, AttentionBlock&) {};
  /// What `vary` and the others tell apart, beside masks, experts and mixers.
  std::function<std::int64_t(std::int64_t)> variant = [](std::int64_t) { return 0; };
  std::string dropout_after_attention, dropout_after_feed_forward;  ///< names; empty: none

 private:
  LayerGroup layer(std::int64_t number, std::int64_t layers) const;
  Value add_mixer(LayerBuilder& builder, std::int64_t number, Value input) const;
  Call norm_called(const char* name) const;
};

/// Masks as a config's layer_types says: "sliding_attention", "chunked_attention", "full_attention"; Run where the
/// config has none.
std::function<LayerMask(std::int64_t)> masks_by_layer_types(const DecoderConfig& config);
/// The same; where the config has a window and no layer_types, layers from max_window_layers (28 by default) on have
/// it.
std::function<LayerMask(std::int64_t)> masks_by_max_window_layers(const DecoderConfig& config);

}  // namespace upmem_des
