/// Which rows of a pass go to which expert, and with what weight.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "model/expert_router.hpp"
#include "profiler/decoder/forward_pass.hpp"
#include "profiler/decoder/model_builder.hpp"
#include "profiler/decoder/router.hpp"

namespace upmem_des::profiler {

/// How scores become weights.
struct ExpertWeighing {
  bool sums_to_one = true;  ///< the scores of a row's experts are divided by their sum
  double scale = 1;         ///< what they are multiplied by then
};

class ExpertChoice {
 public:
  /// `layer` counts decoder layers; its experts are as described.
  ExpertChoice(const ModelBuilder& builder, std::int64_t layer, const ExpertWeighing& weighing);

  /// The rows of one expert.
  struct Share {
    torch::Tensor rows;     ///< [n], of N = B·T
    torch::Tensor weights;  ///< [n, 1], float32
  };
  /// One share for each expert. Each row goes to the experts that the router chose for it, or to those of the rule. Of
  /// scores without elements (the meta device) only the sizes of the shares are right, and the rule decides.
  std::vector<Share> shares(const Routes& routes, const ForwardPass& pass);

 private:
  torch::Tensor by_rule(const ForwardPass& pass);
  std::vector<Share> sizes_only(const torch::Tensor& scores, const ForwardPass& pass);

  RoutedExperts experts_;
  std::int64_t layer_;
  ExpertWeighing weighing_;
  bool by_rule_;
  ExpertRouter router_;
};

}  // namespace upmem_des::profiler
