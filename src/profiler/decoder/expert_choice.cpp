#include "profiler/decoder/expert_choice.hpp"

namespace upmem_des::profiler {

ExpertChoice::ExpertChoice(const ModelBuilder& builder, std::int64_t layer)
    : experts_(builder.config().num_local_experts),
      chosen_(builder.config().num_experts_per_tok),
      layer_(layer),
      by_rule_(builder.options().route_by_rule),
      router_(builder.options().routing, builder.options().routing_seed, builder.options().routing_exponent) {}

std::vector<ExpertChoice::Share> ExpertChoice::shares(const torch::Tensor& probabilities, const ForwardPass& pass) {
  if (probabilities.is_meta()) return sizes_only(probabilities, pass);
  const torch::Tensor chosen = by_rule_ ? by_rule(pass) : std::get<1>(torch::topk(probabilities, chosen_, -1));
  torch::Tensor weights = probabilities.gather(1, chosen);
  weights = weights / weights.sum(-1, /*keepdim=*/true);

  std::vector<std::vector<std::int64_t>> rows(static_cast<std::size_t>(experts_));
  std::vector<std::vector<float>> row_weights(rows.size());
  const auto experts = chosen.accessor<std::int64_t, 2>();
  const auto weight = weights.accessor<float, 2>();
  for (std::int64_t row = 0; row < experts.size(0); ++row)
    for (std::int64_t i = 0; i < experts.size(1); ++i) {
      const auto expert = static_cast<std::size_t>(experts[row][i]);
      rows[expert].push_back(row);
      row_weights[expert].push_back(weight[row][i]);
    }
  std::vector<Share> shares;
  for (std::size_t expert = 0; expert < rows.size(); ++expert)
    shares.push_back(
        {torch::tensor(rows[expert], torch::kInt64), torch::tensor(row_weights[expert], torch::kFloat32).unsqueeze(1)});
  return shares;
}

torch::Tensor ExpertChoice::by_rule(const ForwardPass& pass) {
  torch::Tensor chosen = torch::empty({pass.batch * pass.tokens, chosen_}, torch::kInt64);
  auto to = chosen.accessor<std::int64_t, 2>();
  for (std::int64_t row = 0; row < pass.batch; ++row)
    for (std::int64_t token = 0; token < pass.tokens; ++token) {
      const std::vector<std::int64_t> experts =
          router_.choose({experts_, chosen_}, layer_, pass.first_position + token, row, pass.batch);
      for (std::size_t i = 0; i < experts.size(); ++i)
        to[row * pass.tokens + token][static_cast<std::int64_t>(i)] = experts[i];
    }
  return chosen;
}

std::vector<ExpertChoice::Share> ExpertChoice::sizes_only(const torch::Tensor& probabilities, const ForwardPass& pass) {
  std::vector<std::int64_t> rows;
  router_.count_rows({experts_, chosen_}, layer_, pass.first_position, pass.tokens, pass.batch, rows);
  std::vector<Share> shares;
  for (const std::int64_t count : rows)
    shares.push_back({torch::empty({count}, probabilities.options().dtype(torch::kInt64)),
                      torch::empty({count, 1}, probabilities.options())});
  return shares;
}

}  // namespace upmem_des::profiler
