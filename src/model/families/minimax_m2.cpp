#include "model/families/families.hpp"
#include "model/families/standard_decoder.hpp"

namespace upmem_des {

/// Norms over all heads of query and of key; experts only.
DecoderDescription describe_minimax_m2(const DecoderConfig& config) {
  StandardDecoder decoder(config, "MiniMaxM2");
  decoder.around.rotary_width = config.count("rotary_dim", config.head_dim);
  decoder.attention.qk_norm = QueryKeyNorm::AllHeads;
  decoder.experts.router_type = "MiniMaxM2TopKRouter";
  decoder.has_experts = [](std::int64_t) { return true; };
  return decoder.describe();
}

}  // namespace upmem_des
