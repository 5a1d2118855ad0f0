#include "profiler/decoder/embedding.hpp"

#include "profiler/decoder/forward_pass.hpp"

namespace upmem_des::profiler {

Embedding::Embedding(ModelBuilder& builder, const std::string& path)
    : info_(builder.layer("Embedding", path)),
      weight_(builder.weight(path + ".weight", {builder.config().vocab_size, builder.config().hidden_size})) {}

torch::Tensor Embedding::forward(const torch::Tensor& ids) const {
  LayerCall call(info_, ids.sizes());
  torch::Tensor output = selected_rows(weight_, ids);
  call.done(output.sizes());
  return output;
}

}  // namespace upmem_des::profiler
