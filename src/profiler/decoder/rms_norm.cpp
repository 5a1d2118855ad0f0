#include "profiler/decoder/rms_norm.hpp"

namespace upmem_des::profiler {

RmsNorm::RmsNorm(ModelBuilder& builder, const std::string& path)
    : info_(builder.layer("LlamaRMSNorm", path, {builder.config().hidden_size, builder.config().hidden_size})),
      weight_(builder.weight(path + ".weight", {builder.config().hidden_size}, Initial::ones)),
      epsilon_(builder.numerics().rms_norm_eps) {}

torch::Tensor RmsNorm::forward(const torch::Tensor& input) const {
  LayerCall call(info_, input.sizes());
  const torch::Tensor wide = input.to(torch::kFloat32);
  const torch::Tensor variance = wide.pow(2).mean(-1, /*keepdim=*/true);
  torch::Tensor output = weight_ * (wide * torch::rsqrt(variance + epsilon_)).to(input.scalar_type());
  call.done(output.sizes());
  return output;
}

}  // namespace upmem_des::profiler
