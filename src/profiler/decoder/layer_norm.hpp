/// Normalisation by mean and variance.
#pragma once

#include <string>

#include "profiler/decoder/model_builder.hpp"
#include "profiler/decoder/norm.hpp"

namespace upmem_des::profiler {

/// y = w · (x − mean) / √(variance + epsilon) + b.
class LayerNorm : public Norm {
 public:
  /// "PATH.weight" and "PATH.bias" [width].
  LayerNorm(ModelBuilder& builder, const std::string& path, std::int64_t width, double epsilon);

  torch::Tensor forward(const torch::Tensor& input) const override;

 private:
  LayerInfo info_;
  torch::Tensor weight_;
  torch::Tensor bias_;
  double epsilon_;
};

}  // namespace upmem_des::profiler
