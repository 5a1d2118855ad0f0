#include "profiler/decoder/expert_mixture.hpp"

namespace upmem_des::profiler {

ExpertMixture::ExpertMixture(ModelBuilder& builder, const std::string& path, std::int64_t layer)
    : call_empty_(builder.options().call_empty_experts),
      choice_(builder, layer),
      gate_(builder, path + ".gate", builder.config().hidden_size, builder.config().num_local_experts) {
  for (std::int64_t expert = 0; expert < builder.config().num_local_experts; ++expert)
    experts_.emplace_back(builder, path + ".experts." + std::to_string(expert), expert);
}

torch::Tensor ExpertMixture::forward(const torch::Tensor& input, const ForwardPass& pass) {
  static const Name softmax("softmax");
  static const Name routing_weights("routing_weights");
  const torch::Tensor rows = input.reshape({-1, input.size(-1)});
  const torch::Tensor scores = gate_.forward(rows);

  FunctionCall call(softmax, routing_weights, scores.sizes());
  const torch::Tensor probabilities = torch::softmax(scores, -1, torch::kFloat32);
  call.done(probabilities.sizes());

  torch::Tensor output = torch::zeros_like(rows);
  const std::vector<ExpertChoice::Share> shares = choice_.shares(probabilities, pass);
  for (std::size_t expert = 0; expert < experts_.size(); ++expert) {
    const ExpertChoice::Share& share = shares[expert];
    if (share.rows.size(0) == 0 && !call_empty_) continue;
    const torch::Tensor made = experts_[expert].forward(selected_rows(rows, share.rows));
    if (share.rows.size(0) == 0) continue;
    output.index_add_(0, share.rows, made * share.weights.to(made.scalar_type()));
  }
  return output.view(input.sizes());
}

}  // namespace upmem_des::profiler
