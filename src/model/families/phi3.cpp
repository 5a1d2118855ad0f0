#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// One projection for query, key and value, one for gate and up.
DecoderDescription describe_phi3(const DecoderConfig& config) {
  StandardDecoder decoder(config, "Phi3");
  decoder.around.rotary_width =
      static_cast<std::int64_t>(static_cast<double>(config.head_dim) * config.number("partial_rotary_factor", 1));
  decoder.attention.fused = "qkv_proj";
  decoder.feed_forward.fused = "gate_up_proj";
  decoder.feed_forward.activation.name = "activation_fn";
  decoder.dropout_after_attention = "resid_attn_dropout";
  decoder.dropout_after_feed_forward = "resid_mlp_dropout";
  return decoder.describe();
}

}  // namespace upmem_des
