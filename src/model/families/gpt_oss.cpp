#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// Biases everywhere, a learned sink for each head, experts with a clamped SwiGLU, a window in every other layer.
DecoderDescription describe_gpt_oss(const DecoderConfig& config) {
  using Mask = operation::Attention::Mask;
  StandardDecoder decoder(config, "GptOss");
  AttentionBlock& attention = decoder.attention;
  set_biases(attention, config.truth("attention_bias", true));
  attention.operation.sinks = true;
  const std::int64_t window = config.sliding_window.value_or(128);
  decoder.mask =
      config.layer_types.empty()
          ? [window](std::int64_t
                         layer) { return layer % 2 == 0 ? LayerMask{Mask::Window, window} : LayerMask{Mask::Full, 0}; }
          : masks_by_layer_types(config);

  ExpertsBlock& experts = decoder.experts;
  experts.router = "mlp.router";
  experts.router_type = "GptOssTopKRouter";
  experts.router_bias = true;
  experts.expert.fused = "gate_up_proj";
  experts.expert.bias = true;
  experts.expert.activation = {"GptOssSwiGLU", "act_fn", "", operation::Pointwise::Function::ClampedGlu};
  decoder.has_experts = [](std::int64_t) { return true; };
  return decoder.describe();
}

}  // namespace upmem_des
