#include "cost/roofline/builtin_operators.hpp"
#include "cost/roofline/flop_counts.hpp"

namespace upmem_des {

namespace {

/// Input and output are read and written once, parameters read once.
OperatorWork normalize(const OperatorCall& call, double parameters) {
  OperatorWork work;
  work.elements = call.event.input_shape.elements();
  work.memory_bytes = call.element_bytes * (work.elements + call.event.output_shape.elements() + parameters);
  return work;
}

/// [..., width], with `vectors` parameters for each column.
OperatorCost over_last_size(double vectors) {
  return [vectors](const OperatorCall& call) {
    return normalize(call, vectors * static_cast<double>(call.event.input_shape.from_end(0)));
  };
}

/// [batch, channels, ...], with `vectors` parameters for each channel.
OperatorCost over_channels(double vectors) {
  return [vectors](const OperatorCall& call) {
    const Shape& input = call.event.input_shape;
    return normalize(call, vectors * static_cast<double>(input.rank() >= 2 ? input[1] : input.from_end(0)));
  };
}

}  // namespace

void add_normalization_operators(OperatorTable& table) {
  for (const char* type : {"RMSNorm", "LlamaRMSNorm", "MistralRMSNorm", "MixtralRMSNorm", "Qwen2RMSNorm",
                           "Qwen2MoeRMSNorm", "Qwen3RMSNorm", "Phi3RMSNorm", "GemmaRMSNorm", "Gemma2RMSNorm"})
    table.add(type, Operator(ElementClass::Norm, flop_counts::rms_norm, over_last_size(1)));
  for (const char* type : {"LayerNorm", "layer_norm"})
    table.add(type, Operator(ElementClass::Norm, flop_counts::layer_norm, over_last_size(2)));
  for (const char* type : {"GroupNorm", "group_norm"})
    table.add(type, Operator(ElementClass::None, flop_counts::layer_norm, over_channels(2)));
  // Weight, bias, and the running mean and variance.
  for (const char* type : {"BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "batch_norm"})
    table.add(type, Operator(ElementClass::None, flop_counts::batch_norm, over_channels(4)));
}

}  // namespace upmem_des
