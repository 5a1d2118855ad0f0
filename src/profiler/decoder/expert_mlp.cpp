#include "profiler/decoder/expert_mlp.hpp"

namespace upmem_des::profiler {

ExpertMlp::ExpertMlp(ModelBuilder& builder, const std::string& path, std::int64_t expert)
    : expert_(expert),
      w1_(builder, path + ".w1", builder.config().hidden_size, builder.config().intermediate_size),
      w2_(builder, path + ".w2", builder.config().intermediate_size, builder.config().hidden_size),
      w3_(builder, path + ".w3", builder.config().hidden_size, builder.config().intermediate_size),
      act_fn_(builder, path + ".act_fn") {}

torch::Tensor ExpertMlp::forward(const torch::Tensor& rows) const {
  const torch::Tensor gate = act_fn_.forward(w1_.forward(rows, expert_), expert_);
  return w2_.forward(gate * w3_.forward(rows, expert_), expert_);
}

}  // namespace upmem_des::profiler
