#include <utility>

#include "profiler/decoder/expert_mixture.hpp"
#include "profiler/decoder/families/dense.hpp"
#include "profiler/decoder/families/families.hpp"
#include "profiler/decoder/softmax_router.hpp"

namespace upmem_des::profiler {

namespace {

std::unique_ptr<FeedForward> mixture(ModelBuilder& builder, const std::string& path, std::int64_t layer) {
  const std::string block = path + ".block_sparse_moe";
  ExpertMixtureParts parts;
  parts.router = std::make_unique<LinearThenSoftmax>(builder, block + ".gate");
  for (std::int64_t expert = 0; expert < builder.experts(layer).experts; ++expert) {
    const std::string of = block + ".experts." + std::to_string(expert);
    // Random weights are drawn in this order.
    Linear gate(builder, of + ".w1");
    Linear down(builder, of + ".w2");
    Linear up(builder, of + ".w3");
    parts.experts.push_back(
        std::make_unique<GatedMlp>(GatedMlpParts{gate, up, down, Activation(builder, of + ".act_fn"), expert}));
  }
  return std::make_unique<ExpertMixture>(builder, layer, std::move(parts));
}

}  // namespace

/// As Llama, with experts. Attention sees all rows, whatever the window, as Hugging Face's eager attention does.
DecoderParts build_mixtral(ModelBuilder& builder) {
  return standard_parts(builder, hidden_rotary(builder), {full_attention, mixture});
}

}  // namespace upmem_des::profiler
