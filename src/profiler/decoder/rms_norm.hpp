/// Normalisation by the root of the mean square.
#pragma once

#include <string>

#include "profiler/decoder/model_builder.hpp"
#include "profiler/decoder/norm.hpp"

namespace upmem_des::profiler {

/// y = g · x / √(mean(x²) + epsilon), the mean over the last size.
class RmsNorm : public Norm {
 public:
  enum class Gain {
    Weight,         ///< g = w: as Hugging Face does, all but the product with w is computed in float32
    OnePlusWeight,  ///< g = 1 + w: Gemma's, all of it in float32
  };

  /// Weight "PATH.weight" [width], the width as described.
  RmsNorm(ModelBuilder& builder, const std::string& path, double epsilon, Gain gain = Gain::Weight);
  /// With the configuration's rms_norm_eps.
  RmsNorm(ModelBuilder& builder, const std::string& path) : RmsNorm(builder, path, builder.numerics().rms_norm_eps) {}

  torch::Tensor forward(const torch::Tensor& input) const override;

 private:
  LayerInfo info_;
  Gain gain_;
  torch::Tensor weight_;
  double epsilon_;
};

}  // namespace upmem_des::profiler
