#include "profiler/decoder/gated_mlp.hpp"

#include <utility>

namespace upmem_des::profiler {

GatedMlpParts gated_mlp_parts(ModelBuilder& builder, const std::string& path, std::int64_t expert) {
  return {Linear(builder, path + ".gate_proj"), Linear(builder, path + ".up_proj"),
          Linear(builder, path + ".down_proj"), Activation(builder, path + ".act_fn"), expert};
}

GatedMlpParts gated_mlp_with(ModelBuilder& builder, const std::string& path, bool bias) {
  return {Linear(builder, path + ".gate_proj", bias), Linear(builder, path + ".up_proj", bias),
          Linear(builder, path + ".down_proj", bias), Activation(builder, path + ".act_fn")};
}

GatedMlp::GatedMlp(GatedMlpParts parts) : parts_(std::move(parts)) {}

torch::Tensor GatedMlp::forward(const torch::Tensor& input, const ForwardPass& /*pass*/) {
  return forward(input);
}

torch::Tensor GatedMlp::forward(const torch::Tensor& rows) const {
  const std::int64_t expert = parts_.expert;
  const torch::Tensor gate = parts_.activation.forward(parts_.gate.forward(rows, expert), expert);
  return parts_.down.forward(gate * parts_.up.forward(rows, expert), expert);
}

}  // namespace upmem_des::profiler
