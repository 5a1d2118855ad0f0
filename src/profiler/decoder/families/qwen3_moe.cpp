#include <utility>

#include "profiler/decoder/expert_mixture.hpp"
#include "profiler/decoder/families/families.hpp"
#include "profiler/decoder/families/standard_parts.hpp"
#include "profiler/decoder/softmax_router.hpp"

namespace upmem_des::profiler {

namespace {

std::unique_ptr<FeedForward> feed_forward(ModelBuilder& builder, const std::string& path, std::int64_t layer) {
  if (!builder.has_experts(layer)) return described_mlp(builder, path, layer);
  ExpertMixtureParts parts;
  parts.router = std::make_unique<SoftmaxRouter>(builder, path + ".mlp.gate");
  parts.experts = described_experts(builder, path + ".mlp.experts", layer);
  parts.weighing.sums_to_one = builder.config().truth("norm_topk_prob", false);
  return std::make_unique<ExpertMixture>(builder, layer, std::move(parts));
}

}  // namespace

/// As Qwen3, with experts in the layers that have them.
DecoderParts build_qwen3_moe(ModelBuilder& builder) {
  return standard_parts(builder, described_rotary(builder), {normed_attention, feed_forward});
}

}  // namespace upmem_des::profiler
