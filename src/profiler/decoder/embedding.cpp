#include "profiler/decoder/embedding.hpp"

#include "profiler/decoder/forward_pass.hpp"

namespace upmem_des::profiler {

Embedding::Embedding(ModelBuilder& builder, const std::string& path, std::int64_t rows, double scale)
    : info_(builder.layer(path).info), weight_(builder.weight(path + ".weight", {rows, builder.config().hidden_size})) {
  if (scale != 1) scale_ = torch::full({1}, scale, weight_.options());
}

torch::Tensor Embedding::forward(const torch::Tensor& ids) const {
  LayerCall call(info_, ids.sizes());
  torch::Tensor output = selected_rows(weight_, ids);
  if (scale_.defined()) output = output * scale_;
  call.done(output.sizes());
  return output;
}

}  // namespace upmem_des::profiler
