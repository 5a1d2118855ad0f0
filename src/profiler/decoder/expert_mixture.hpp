/// A router and experts.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "profiler/decoder/expert_choice.hpp"
#include "profiler/decoder/feed_forward.hpp"
#include "profiler/decoder/gated_mlp.hpp"
#include "profiler/decoder/router.hpp"

namespace upmem_des::profiler {

struct ExpertMixtureParts {
  std::unique_ptr<Router> router;
  std::vector<std::unique_ptr<GatedMlp>> experts;
  std::unique_ptr<GatedMlp> shared;  ///< that every row goes to; null: none
  ExpertWeighing weighing;
};

/// Each row's output is the weighted sum of its experts', see ExpertChoice, and what the shared one gives. Experts are
/// called in turn, those without rows on 0 rows or, without call_empty_experts, not at all; then the shared one.
class ExpertMixture : public FeedForward {
 public:
  /// `layer` counts decoder layers.
  ExpertMixture(const ModelBuilder& builder, std::int64_t layer, ExpertMixtureParts parts);

  torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) override;

 private:
  bool call_empty_;
  ExpertChoice choice_;
  ExpertMixtureParts parts_;
};

}  // namespace upmem_des::profiler
