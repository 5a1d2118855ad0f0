#include "profiler/decoder/softmax_router.hpp"

namespace upmem_des::profiler {

LinearThenSoftmax::LinearThenSoftmax(ModelBuilder& builder, const std::string& path)
    : chosen_(builder.config().num_experts_per_tok), gate_(builder, path) {}

Routes LinearThenSoftmax::forward(const torch::Tensor& rows) const {
  static const Name softmax("softmax");
  static const Name routing_weights("routing_weights");
  const torch::Tensor logits = gate_.forward(rows);
  FunctionCall call(softmax, routing_weights, logits.sizes());
  const torch::Tensor scores = torch::softmax(logits, -1, torch::kFloat32);
  call.done(scores.sizes());
  return {scores, largest(scores, chosen_)};
}

SoftmaxRouter::SoftmaxRouter(ModelBuilder& builder, const std::string& path)
    : chosen_(builder.config().num_experts_per_tok),
      info_(builder.layer(path).info),
      weight_(builder.weight(path + ".weight", {info_.weight[1], info_.weight[0]})) {}

Routes SoftmaxRouter::forward(const torch::Tensor& rows) const {
  LayerCall call(info_, rows.sizes());
  const torch::Tensor scores = torch::softmax(torch::linear(rows, weight_), -1, torch::kFloat32);
  Routes routes{scores, largest(scores, chosen_)};
  call.done(scores.sizes());
  return routes;
}

}  // namespace upmem_des::profiler
