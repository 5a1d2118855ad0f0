#include "profiler/decoder/group_router.hpp"

#include <algorithm>
#include <limits>

namespace upmem_des::profiler {

GroupRouter::GroupRouter(ModelBuilder& builder, const std::string& path, const ExpertGroup& experts)
    : chosen_(experts.chosen),
      groups_(experts.groups),
      chosen_groups_(experts.chosen_groups),
      info_(builder.layer(path).info),
      weight_(builder.weight(path + ".weight", {info_.weight[1], info_.weight[0]})),
      correction_(builder.weight(path + ".e_score_correction_bias", {info_.weight[1]}, Initial::zeros)) {}

Routes GroupRouter::forward(const torch::Tensor& rows) const {
  LayerCall call(info_, rows.sizes());
  const torch::Tensor logits = torch::linear(rows.to(torch::kFloat32), weight_.to(torch::kFloat32));
  Routes routes;
  routes.scores = torch::sigmoid(logits);
  if (!rows.is_meta()) routes.chosen = largest(open_only(routes.scores + correction_.to(torch::kFloat32)), chosen_);
  call.done(logits.sizes());
  return routes;
}

/// −∞ for the experts of groups that are not chosen.
torch::Tensor GroupRouter::open_only(const torch::Tensor& merits) const {
  if (chosen_groups_ >= groups_) return merits;
  const std::int64_t of_group = merits.size(1) / groups_;
  const torch::Tensor grouped = merits.view({-1, groups_, of_group});
  const torch::Tensor best = std::get<0>(torch::topk(grouped, std::min<std::int64_t>(2, of_group), -1)).sum(-1);
  const torch::Tensor closed =
      torch::ones_like(best, torch::kBool).scatter(1, largest(best, chosen_groups_), false).unsqueeze(-1);
  return grouped.masked_fill(closed, -std::numeric_limits<double>::infinity()).view(merits.sizes());
}

}  // namespace upmem_des::profiler
