#include "model/blocks/kernels.hpp"

namespace upmem_des {

using Function = operation::Pointwise::Function;

Call residual_add(const Sizes& sizes) {
  return function("add", "residual_add", operation::Pointwise{Function::Residual}, sizes, sizes);
}

Value add_sum(LayerBuilder& builder, const Sizes& sizes, const std::vector<Value>& values) {
  Value sum = values.front();
  std::vector<Value> all{sum};
  for (std::size_t i = 1; i < values.size(); ++i) {
    all.push_back(values[i]);
    sum = builder.add_kernel(function("add", "embedding_add", operation::Pointwise{Function::Binary}, sizes, sizes),
                             {sum, values[i]}, all);
  }
  return sum;
}

Call rotary(const operation::Rotate& operation, const Sizes& rows, std::int64_t heads, std::int64_t width) {
  const Sizes sizes = followed_by(followed_by(rows, heads), width);
  return function("rotary_embedding", "rotary", operation, sizes, sizes);
}

Call cache_write(const Sizes& rows, std::int64_t heads, std::int64_t width, bool is_latent) {
  const Sizes sizes = followed_by(followed_by(rows, heads), width);
  return function("reshape_and_cache", "cache_write", operation::CacheWrite{is_latent}, sizes, sizes);
}

Call sampler(std::int64_t words, bool draws) {
  operation::Pointwise pointwise{draws ? Function::Softmax : Function::Pass};
  pointwise.last_rows = true;
  const Sizes logits{Size::Kind::Sampled, words};
  // Who sends softmax somewhere means what draws.
  return function(draws ? "softmax" : "sampler", "sampler", pointwise, logits,
                  draws ? logits : Sizes{Size::Kind::Sampled, 1});
}

}  // namespace upmem_des
