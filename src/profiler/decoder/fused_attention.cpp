#include "profiler/decoder/fused_attention.hpp"

namespace upmem_des::profiler {

FusedAttention::FusedAttention(ModelBuilder& builder, const std::string& path, std::int64_t layer, double divisor)
    : heads_(builder.config().num_attention_heads),
      head_dim_(builder.config().head_dim),
      layer_(layer),
      function_(builder.options().attention, divisor),
      c_attn_(builder, path + ".c_attn", Linear::Stored::InOut),
      c_proj_(builder, path + ".c_proj", Linear::Stored::InOut),
      resid_dropout_(builder, path + ".resid_dropout") {}

torch::Tensor FusedAttention::forward(const torch::Tensor& input, const ForwardPass& pass) const {
  const std::int64_t width = heads_ * head_dim_;
  const torch::Tensor all = c_attn_.forward(input);
  const auto heads_from = [&](std::int64_t first) {
    return all.narrow(-1, first, width).reshape({pass.batch, pass.tokens, heads_, head_dim_}).transpose(1, 2);
  };
  const KvCache::Entry kept = pass.cache->append(layer_, heads_from(width), heads_from(2 * width));
  const torch::Tensor output = function_.forward(heads_from(0), kept.keys, kept.values, pass.view(window()));
  return resid_dropout_.forward(c_proj_.forward(output.transpose(1, 2).reshape({pass.batch, pass.tokens, width})));
}

}  // namespace upmem_des::profiler
