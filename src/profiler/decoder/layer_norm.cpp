#include "profiler/decoder/layer_norm.hpp"

namespace upmem_des::profiler {

LayerNorm::LayerNorm(ModelBuilder& builder, const std::string& path, std::int64_t width, double epsilon)
    : info_(builder.layer(path).info),
      weight_(builder.weight(path + ".weight", {width}, Initial::ones)),
      bias_(builder.weight(path + ".bias", {width}, Initial::zeros)),
      epsilon_(epsilon) {}

torch::Tensor LayerNorm::forward(const torch::Tensor& input) const {
  LayerCall call(info_, input.sizes());
  // libtorch 1.13 has no such operator for the meta device.
  torch::Tensor output =
      input.is_meta() ? torch::empty_like(input) : torch::layer_norm(input, weight_.sizes(), weight_, bias_, epsilon_);
  call.done(output.sizes());
  return output;
}

}  // namespace upmem_des::profiler
