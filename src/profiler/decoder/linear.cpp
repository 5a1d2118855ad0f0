#include "profiler/decoder/linear.hpp"

#include <utility>

namespace upmem_des::profiler {

Linear::Linear(ModelBuilder& builder, const std::string& path, std::int64_t in, std::int64_t out, bool bias)
    : info_(builder.layer("Linear", path, {in, out})), weight_(builder.weight(path + ".weight", {out, in})) {
  if (bias) bias_ = builder.weight(path + ".bias", {out}, Initial::zeros);
}

Linear::Linear(ModelBuilder& builder, const std::string& path, torch::Tensor weight)
    : info_(builder.layer("Linear", path, {weight.size(1), weight.size(0)})), weight_(std::move(weight)) {}

torch::Tensor Linear::forward(const torch::Tensor& input, std::int64_t expert) const {
  LayerCall call(info_, input.sizes());
  torch::Tensor output = torch::linear(input, weight_, bias_);
  LayerEvent* event = call.done(output.sizes());
  if (event != nullptr && expert >= 0) event->experts = {expert};
  return output;
}

}  // namespace upmem_des::profiler
