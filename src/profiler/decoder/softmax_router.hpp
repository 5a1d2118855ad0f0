/// Routers whose scores are a softmax over all experts.
#pragma once

#include <string>

#include "profiler/decoder/linear.hpp"
#include "profiler/decoder/router.hpp"

namespace upmem_des::profiler {

/// Mixtral's: a Linear, then the softmax as a function of its own, `routing_weights`.
class LinearThenSoftmax : public Router {
 public:
  LinearThenSoftmax(ModelBuilder& builder, const std::string& path);
  Routes forward(const torch::Tensor& rows) const override;

 private:
  std::int64_t chosen_;
  Linear gate_;
};

/// One layer for all of it, whose output is the logits.
class SoftmaxRouter : public Router {
 public:
  SoftmaxRouter(ModelBuilder& builder, const std::string& path);
  Routes forward(const torch::Tensor& rows) const override;

 private:
  std::int64_t chosen_;
  LayerInfo info_;
  torch::Tensor weight_;
};

}  // namespace upmem_des::profiler
