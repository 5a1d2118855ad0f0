/// Which rows of a pass go to which expert, and with what weight.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "model/expert_router.hpp"
#include "profiler/decoder/forward_pass.hpp"
#include "profiler/decoder/model_builder.hpp"

namespace upmem_des::profiler {

class ExpertChoice {
 public:
  /// `layer` counts decoder layers.
  ExpertChoice(const ModelBuilder& builder, std::int64_t layer);

  /// The rows of one expert.
  struct Share {
    torch::Tensor rows;     ///< [n], of N = B·T
    torch::Tensor weights;  ///< [n, 1], float32
  };
  /// One share for each expert, from the router's probabilities [N, experts]. Each row goes to its most likely
  /// num_experts_per_tok experts, or to those of the rule, with the probabilities of these scaled to a sum of 1. Of
  /// probabilities without elements (the meta device) only the sizes of the shares are right, and the rule decides.
  std::vector<Share> shares(const torch::Tensor& probabilities, const ForwardPass& pass);

 private:
  torch::Tensor by_rule(const ForwardPass& pass);
  std::vector<Share> sizes_only(const torch::Tensor& probabilities, const ForwardPass& pass);

  std::int64_t experts_;
  std::int64_t chosen_;
  std::int64_t layer_;
  bool by_rule_;
  ExpertRouter router_;
};

}  // namespace upmem_des::profiler
