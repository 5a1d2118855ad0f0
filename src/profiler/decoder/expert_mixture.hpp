/// The feed-forward half of Mixtral's layers: a router and experts.
#pragma once

#include <string>
#include <vector>

#include "profiler/decoder/expert_choice.hpp"
#include "profiler/decoder/expert_mlp.hpp"
#include "profiler/decoder/feed_forward.hpp"

namespace upmem_des::profiler {

/// Each row's output is the weighted sum of its experts', see ExpertChoice. Experts are called in turn, those without
/// rows on 0 rows or, without call_empty_experts, not at all.
class ExpertMixture : public FeedForward {
 public:
  /// gate and experts.0, experts.1, … below `path`; `layer` counts decoder layers.
  ExpertMixture(ModelBuilder& builder, const std::string& path, std::int64_t layer);

  torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) override;

 private:
  bool call_empty_;
  ExpertChoice choice_;
  Linear gate_;
  std::vector<ExpertMlp> experts_;
};

}  // namespace upmem_des::profiler
