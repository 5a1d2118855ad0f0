#include "profiler/decoder/activation.hpp"

#include <stdexcept>

namespace upmem_des::profiler {

namespace {

using Function = operation::Pointwise::Function;

Function function_of(const DescribedLayers::Entry& layer) {
  const auto* pointwise = layer.operation == nullptr ? nullptr : as<operation::Pointwise>(*layer.operation);
  if (pointwise == nullptr)
    throw std::logic_error("Activation: '" + layer.info.path.str() + "' is described as something else");
  return pointwise->function;
}

}  // namespace

torch::Tensor activated(Function function, const torch::Tensor& input) {
  constexpr double quick = 1.702;
  switch (function) {
    case Function::Silu:
      return torch::silu(input);
    case Function::GeluErf:
      return torch::gelu(input);
    case Function::GeluTanh:
      return torch::gelu(input, "tanh");
    case Function::QuickGelu:
      return input * torch::sigmoid(quick * input);
    case Function::Relu:
      return torch::relu(input);
    case Function::Relu6:
      return torch::clamp(input, 0, 6);
    case Function::Sigmoid:
      return torch::sigmoid(input);
    case Function::Tanh:
      return torch::tanh(input);
    default:
      throw std::logic_error("activated: no activation");
  }
}

Activation::Activation(ModelBuilder& builder, const std::string& path)
    : info_(builder.layer(path).info), function_(function_of(builder.layer(path))) {}

torch::Tensor Activation::forward(const torch::Tensor& input, std::int64_t expert) const {
  LayerCall call(info_, input.sizes());
  torch::Tensor output = activated(function_, input);
  LayerEvent* event = call.done(output.sizes());
  if (event != nullptr && expert >= 0) event->experts = {expert};
  return output;
}

}  // namespace upmem_des::profiler
