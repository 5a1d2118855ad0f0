/// The router of DeepSeek-V3: sigmoids, and groups of experts that are chosen first.
#pragma once

#include <string>

#include "profiler/decoder/router.hpp"

namespace upmem_des::profiler {

/// An expert's score is the sigmoid of its logit, computed in float32. Choices are by score + e_score_correction_bias:
/// first the groups whose two largest are the largest together, then the experts of these.
class GroupRouter : public Router {
 public:
  /// "PATH.weight" [experts, hidden_size] and "PATH.e_score_correction_bias" [experts]; groups as `experts` says.
  GroupRouter(ModelBuilder& builder, const std::string& path, const ExpertGroup& experts);
  Routes forward(const torch::Tensor& rows) const override;

 private:
  torch::Tensor open_only(const torch::Tensor& merits) const;

  std::int64_t chosen_;
  std::int64_t groups_;
  std::int64_t chosen_groups_;
  LayerInfo info_;
  torch::Tensor weight_;
  torch::Tensor correction_;
};

}  // namespace upmem_des::profiler
