#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// Norms before and after both parts, a cap on scores and logits, a window in every other layer.
DecoderDescription describe_gemma2(const DecoderConfig& config) {
  using Mask = operation::Attention::Mask;
  StandardDecoder decoder(config, "Gemma2");
  set_biases(decoder.attention, config.truth("attention_bias", false));
  decoder.around.table_type = "Gemma2TextScaledWordEmbedding";
  decoder.norms = StandardDecoder::Norms::Both;
  decoder.attention.operation.softcap = config.number("attn_logit_softcapping", 50) > 0;
  const std::int64_t window = config.sliding_window.value_or(4096);
  decoder.mask =
      config.layer_types.empty()
          ? [window](std::int64_t
                         layer) { return layer % 2 == 0 ? LayerMask{Mask::Window, window} : LayerMask{Mask::Full, 0}; }
          : masks_by_layer_types(config);
  DecoderDescription description = decoder.describe();
  if (config.number("final_logit_softcapping", 30) > 0 && config.head == Head::LanguageModel) {
    const Sizes logits{Size::Kind::Batch, Size::Kind::LogitTokens, config.vocab_size};
    Call cap = function("tanh", "logits", operation::Pointwise{operation::Pointwise::Function::Tanh}, logits, logits);
    description.epilogue.push_back(cap);
  }
  return description;
}

}  // namespace upmem_des
