#include "profiler/decoder/plain_mlp.hpp"

namespace upmem_des::profiler {

PlainMlp::PlainMlp(ModelBuilder& builder, const std::string& path)
    : c_fc_(builder, path + ".c_fc", Linear::Stored::InOut),
      c_proj_(builder, path + ".c_proj", Linear::Stored::InOut),
      act_(builder, path + ".act"),
      dropout_(builder, path + ".dropout") {}

torch::Tensor PlainMlp::forward(const torch::Tensor& input, const ForwardPass& /*pass*/) {
  return dropout_.forward(c_proj_.forward(act_.forward(c_fc_.forward(input))));
}

}  // namespace upmem_des::profiler
