#include "profiler/decoder/rms_norm.hpp"

namespace upmem_des::profiler {

RmsNorm::RmsNorm(ModelBuilder& builder, const std::string& path, double epsilon, Gain gain)
    : info_(builder.layer(path).info),
      gain_(gain),
      weight_(
          builder.weight(path + ".weight", {info_.weight[0]}, gain == Gain::Weight ? Initial::ones : Initial::zeros)),
      epsilon_(epsilon) {}

torch::Tensor RmsNorm::forward(const torch::Tensor& input) const {
  LayerCall call(info_, input.sizes());
  const torch::Tensor wide = input.to(torch::kFloat32);
  const torch::Tensor variance = wide.pow(2).mean(-1, /*keepdim=*/true);
  const torch::Tensor normed = wide * torch::rsqrt(variance + epsilon_);
  torch::Tensor output = gain_ == Gain::Weight ? weight_ * normed.to(input.scalar_type())
                                               : (normed * (1.0 + weight_.to(torch::kFloat32))).to(input.scalar_type());
  call.done(output.sizes());
  return output;
}

}  // namespace upmem_des::profiler
