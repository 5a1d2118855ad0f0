#include "profiler/decoder/gated_mlp.hpp"

namespace upmem_des::profiler {

GatedMlp::GatedMlp(ModelBuilder& builder, const std::string& path)
    : gate_proj_(builder, path + ".gate_proj", builder.config().hidden_size, builder.config().intermediate_size,
                 builder.numerics().mlp_bias),
      up_proj_(builder, path + ".up_proj", builder.config().hidden_size, builder.config().intermediate_size,
               builder.numerics().mlp_bias),
      down_proj_(builder, path + ".down_proj", builder.config().intermediate_size, builder.config().hidden_size,
                 builder.numerics().mlp_bias),
      act_fn_(builder, path + ".act_fn") {}

torch::Tensor GatedMlp::forward(const torch::Tensor& input, const ForwardPass&) {
  const torch::Tensor gate = act_fn_.forward(gate_proj_.forward(input));
  return down_proj_.forward(gate * up_proj_.forward(input));
}

}  // namespace upmem_des::profiler
