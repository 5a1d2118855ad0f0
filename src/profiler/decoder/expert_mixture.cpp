#include "profiler/decoder/expert_mixture.hpp"

#include <utility>

namespace upmem_des::profiler {

ExpertMixture::ExpertMixture(const ModelBuilder& builder, std::int64_t layer, ExpertMixtureParts parts)
    : call_empty_(builder.options().call_empty_experts),
      choice_(builder, layer, parts.weighing),
      parts_(std::move(parts)) {}

torch::Tensor ExpertMixture::forward(const torch::Tensor& input, const ForwardPass& pass) {
  const torch::Tensor rows = input.reshape({-1, input.size(-1)});
  const Routes routes = parts_.router->forward(rows);
  torch::Tensor output = torch::zeros_like(rows);
  const std::vector<ExpertChoice::Share> shares = choice_.shares(routes, pass);
  for (std::size_t expert = 0; expert < parts_.experts.size(); ++expert) {
    const ExpertChoice::Share& share = shares[expert];
    if (share.rows.size(0) == 0 && !call_empty_) continue;
    const torch::Tensor made = parts_.experts[expert]->forward(selected_rows(rows, share.rows));
    if (share.rows.size(0) == 0) continue;
    output.index_add_(0, share.rows, made * share.weights.to(made.scalar_type()));
  }
  output = output.view(input.sizes());
  return parts_.shared == nullptr ? output : output + parts_.shared->forward(input);
}

}  // namespace upmem_des::profiler
