/// Normalisation by the root of the mean square.
#pragma once

#include <string>

#include "profiler/decoder/model_builder.hpp"

namespace upmem_des::profiler {

/// y = w · x / √(mean(x²) + rms_norm_eps), the mean over the last size. As Hugging Face does, all but the product with
/// w is computed in float32.
class RmsNorm {
 public:
  /// Weight "PATH.weight" [hidden_size].
  RmsNorm(ModelBuilder& builder, const std::string& path);

  /// [B, T, hidden_size] → the same shape and number format.
  torch::Tensor forward(const torch::Tensor& input) const;

 private:
  LayerInfo info_;
  torch::Tensor weight_;
  double epsilon_;
};

}  // namespace upmem_des::profiler
