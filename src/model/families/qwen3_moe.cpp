#include <algorithm>

#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// Qwen3's attention, with experts in every layer of the sparse step that mlp_only_layers does not name.
DecoderDescription describe_qwen3_moe(const DecoderConfig& config) {
  StandardDecoder decoder(config, "Qwen3Moe");
  decoder.attention.qk_norm = QueryKeyNorm::PerHead;
  set_biases(decoder.attention, config.truth("attention_bias", false));
  decoder.experts.router_type = "Qwen3MoeTopKRouter";
  decoder.experts.expert.inner_size = config.count("moe_intermediate_size", 768);
  const std::int64_t step = config.count("decoder_sparse_step", 1);
  const std::vector<std::int64_t> dense = config.counts("mlp_only_layers");
  decoder.has_experts = [=](std::int64_t layer) {
    return (layer + 1) % step == 0 && std::find(dense.begin(), dense.end(), layer) == dense.end();
  };
  return decoder.describe();
}

}  // namespace upmem_des
