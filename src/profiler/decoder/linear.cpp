#include "profiler/decoder/linear.hpp"

#include <utility>

namespace upmem_des::profiler {

namespace {

bool has_bias(const DescribedLayers::Entry& layer) {
  const auto* product = layer.operation == nullptr ? nullptr : as<operation::Product>(*layer.operation);
  return product != nullptr && product->bias;
}

}  // namespace

Linear::Linear(ModelBuilder& builder, const std::string& path, Stored stored)
    : Linear(builder, path, has_bias(builder.layer(path)), stored) {}

Linear::Linear(ModelBuilder& builder, const std::string& path, bool bias, Stored stored)
    : info_(builder.layer(path).info) {
  const std::int64_t in = info_.weight[0];
  const std::int64_t out = info_.weight[1];
  weight_ = stored == Stored::OutIn ? builder.weight(path + ".weight", {out, in})
                                    : builder.weight(path + ".weight", {in, out}).t();
  if (bias) bias_ = builder.weight(path + ".bias", {out}, Initial::zeros);
}

Linear::Linear(ModelBuilder& builder, const std::string& path, torch::Tensor weight)
    : info_(builder.layer(path).info), weight_(std::move(weight)) {}

torch::Tensor Linear::forward(const torch::Tensor& input, std::int64_t expert) const {
  LayerCall call(info_, input.sizes());
  torch::Tensor output = torch::linear(input, weight_, bias_);
  LayerEvent* event = call.done(output.sizes());
  if (event != nullptr && expert >= 0) event->experts = {expert};
  return output;
}

}  // namespace upmem_des::profiler
