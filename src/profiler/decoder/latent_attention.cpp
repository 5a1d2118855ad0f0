#include "profiler/decoder/latent_attention.hpp"

#include <utility>

#include "profiler/recorder.hpp"

namespace upmem_des::profiler {

namespace {

struct LatentNames {
  Name sdpa{"scaled_dot_product_attention"};
  Name output{"attn_output"};
};

const LatentNames& names() {
  static const LatentNames all;
  return all;
}

/// [B, heads, T, from] times a matrix [heads, from, to] of each head → [B, heads, T, to].
torch::Tensor each_head(const torch::Tensor& rows, const torch::Tensor& matrices) {
  const std::int64_t batch = rows.size(0);
  const std::int64_t heads = rows.size(1);
  const std::int64_t tokens = rows.size(2);
  const torch::Tensor by_head = rows.transpose(0, 1).reshape({heads, batch * tokens, rows.size(3)});
  return torch::bmm(by_head, matrices).view({heads, batch, tokens, matrices.size(2)}).transpose(0, 1);
}

}  // namespace

LatentAttention::LatentAttention(LatentAttentionParts parts, Attention kind, double divisor)
    : parts_(std::move(parts)), function_(kind, divisor) {}

std::int64_t LatentAttention::expanded_elements() const {
  const LatentSizes& sizes = parts_.sizes;
  return sizes.heads * (sizes.plain + sizes.rotary + sizes.value);
}

torch::Tensor LatentAttention::queries(const torch::Tensor& input) const {
  if (parts_.query_down == nullptr) return parts_.query->forward(input);
  return parts_.query->forward(parts_.query_norm->forward(parts_.query_down->forward(input)));
}

torch::Tensor LatentAttention::rotated(const torch::Tensor& heads, const ForwardPass& pass) const {
  return parts_.interleaved ? RotaryEmbedding::rotated_pairs(heads, pass.angles[0])
                            : RotaryEmbedding::rotated(heads, pass.angles[0]);
}

torch::Tensor LatentAttention::forward(const torch::Tensor& input, const ForwardPass& pass) const {
  const LatentSizes& sizes = parts_.sizes;
  const torch::Tensor query =
      queries(input).view({pass.batch, pass.tokens, sizes.heads, sizes.plain + sizes.rotary}).transpose(1, 2);
  const torch::Tensor compressed = parts_.latent->forward(input);
  const torch::Tensor latent = parts_.latent_norm->forward(compressed.narrow(-1, 0, sizes.rank));

  const torch::Tensor plain = query.narrow(-1, 0, sizes.plain);
  const torch::Tensor turned = rotated(query.narrow(-1, sizes.plain, sizes.rotary), pass);
  const torch::Tensor turned_key = rotated(compressed.narrow(-1, sizes.rank, sizes.rotary).unsqueeze(1), pass);
  const torch::Tensor row = torch::cat({latent.unsqueeze(1), turned_key}, -1);
  const torch::Tensor all = pass.cache->append(parts_.layer, row, row.narrow(-1, 0, 0)).keys;

  const torch::Tensor output = pass.first_position == 0 ? expanded(plain, turned, latent, all, pass)
                                                        : absorbed(plain, turned, latent, all, pass);
  return parts_.output->forward(output.transpose(1, 2).reshape({pass.batch, pass.tokens, sizes.heads * sizes.value}));
}

torch::Tensor LatentAttention::expanded(const torch::Tensor& plain, const torch::Tensor& turned,
                                        const torch::Tensor& latent, const torch::Tensor& keys,
                                        const ForwardPass& pass) const {
  const LatentSizes& sizes = parts_.sizes;
  const std::int64_t width = sizes.plain + sizes.rotary;
  const torch::Tensor made = parts_.expand->forward(latent)
                                 .view({pass.batch, pass.tokens, sizes.heads, sizes.plain + sizes.value})
                                 .transpose(1, 2);
  FunctionCall call(names().sdpa, names().output, {pass.batch, sizes.heads, keys.size(2), width});
  const torch::Tensor shared =
      keys.narrow(-1, sizes.rank, sizes.rotary).expand({pass.batch, sizes.heads, pass.tokens, sizes.rotary});
  torch::Tensor output =
      function_.compute(torch::cat({plain, turned}, -1), torch::cat({made.narrow(-1, 0, sizes.plain), shared}, -1),
                        made.narrow(-1, sizes.plain, sizes.value), pass.view(window()));
  call.done(output.sizes());
  return output;
}

torch::Tensor LatentAttention::absorbed(const torch::Tensor& plain, const torch::Tensor& turned,
                                        const torch::Tensor& latent, const torch::Tensor& keys,
                                        const ForwardPass& pass) const {
  const LatentSizes& sizes = parts_.sizes;
  const torch::Tensor weights = parts_.expand->weight().view({sizes.heads, sizes.plain + sizes.value, sizes.rank});
  LayerCall absorbing(parts_.expand->info(), latent.sizes());
  const torch::Tensor query = torch::cat({each_head(plain, weights.narrow(1, 0, sizes.plain)), turned}, -1);
  absorbing.done({pass.batch, pass.tokens, sizes.heads * (sizes.plain + sizes.value)});

  FunctionCall call(names().sdpa, names().output, keys.sizes());
  // All heads are the rows of one: nothing of the cache is repeated.
  const std::int64_t rows = sizes.heads * pass.tokens;
  AttentionView view = pass.view(window());
  if (view.mask.defined()) view.mask = view.mask.repeat({sizes.heads, 1});
  const torch::Tensor seen = function_.compute(query.reshape({pass.batch, 1, rows, query.size(3)}), keys,
                                               keys.narrow(-1, 0, sizes.rank), view);
  torch::Tensor output = each_head(seen.view({pass.batch, sizes.heads, pass.tokens, sizes.rank}),
                                   weights.narrow(1, sizes.plain, sizes.value).transpose(1, 2));
  call.done({pass.batch, sizes.heads, pass.tokens, sizes.rank});
  return output;
}

}  // namespace upmem_des::profiler
