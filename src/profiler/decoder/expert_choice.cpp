#include "profiler/decoder/expert_choice.hpp"

namespace upmem_des::profiler {

ExpertChoice::ExpertChoice(const ModelBuilder& builder, std::int64_t layer, const ExpertWeighing& weighing)
    : layer_(layer),
      weighing_(weighing),
      by_rule_(builder.options().route_by_rule),
      router_(builder.options().routing, builder.options().routing_seed, builder.options().routing_exponent) {
  const ExpertGroup& experts = builder.experts(layer);
  experts_ = {experts.experts, experts.chosen, experts.groups, experts.chosen_groups};
}

std::vector<ExpertChoice::Share> ExpertChoice::shares(const Routes& routes, const ForwardPass& pass) {
  if (routes.scores.is_meta()) return sizes_only(routes.scores, pass);
  const torch::Tensor chosen = by_rule_ ? by_rule(pass) : routes.chosen;
  torch::Tensor weights = routes.scores.gather(1, chosen);
  if (weighing_.sums_to_one) weights = weights / weights.sum(-1, /*keepdim=*/true);
  weights = weights * weighing_.scale;

  std::vector<std::vector<std::int64_t>> rows(static_cast<std::size_t>(experts_.experts));
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
  torch::Tensor chosen = torch::empty({pass.batch * pass.tokens, experts_.chosen}, torch::kInt64);
  auto to = chosen.accessor<std::int64_t, 2>();
  for (std::int64_t row = 0; row < pass.batch; ++row)
    for (std::int64_t token = 0; token < pass.tokens; ++token) {
      const std::vector<std::int64_t> experts =
          router_.choose(experts_, layer_, pass.first_position + token, row, pass.batch);
      for (std::size_t i = 0; i < experts.size(); ++i)
        to[row * pass.tokens + token][static_cast<std::int64_t>(i)] = experts[i];
    }
  return chosen;
}

std::vector<ExpertChoice::Share> ExpertChoice::sizes_only(const torch::Tensor& scores, const ForwardPass& pass) {
  std::vector<std::int64_t> rows;
  router_.count_rows(experts_, layer_, {{0, pass.batch, pass.tokens, pass.first_position}}, rows);
  std::vector<Share> shares;
  for (const std::int64_t count : rows)
    shares.push_back(
        {torch::empty({count}, scores.options().dtype(torch::kInt64)), torch::empty({count, 1}, scores.options())});
  return shares;
}

}  // namespace upmem_des::profiler
