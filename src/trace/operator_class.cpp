#include "trace/operator_class.hpp"

#include <unordered_map>
#include <vector>

#include "trace/attention_role.hpp"

namespace upmem_des {

namespace {

using Classes = std::unordered_map<Name, OperatorClass>;

bool ends_with(const std::string& text, const std::string& end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

Classes known_types() {
  Classes types;
  const auto add = [&](OperatorClass which, const std::vector<const char*>& names) {
    for (const char* name : names) types.emplace(name, which);
  };
  add(OperatorClass::Linear, {"Linear", "Conv1D", "linear", "mm", "matmul", "bmm"});
  add(OperatorClass::Normalization,
      {"layer_norm", "group_norm", "batch_norm", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d"});
  add(OperatorClass::Activation, {"SiLU",
                                  "SiLUActivation",
                                  "silu",
                                  "GELU",
                                  "GELUActivation",
                                  "gelu",
                                  "NewGELUActivation",
                                  "FastGELUActivation",
                                  "ReLU",
                                  "relu",
                                  "ReLU6",
                                  "relu6",
                                  "Sigmoid",
                                  "sigmoid",
                                  "PytorchGELUTanh",
                                  "QuickGELUActivation",
                                  "Tanh",
                                  "tanh",
                                  "elu",
                                  "softmax",
                                  "LeakyReLU",
                                  "leaky_relu",
                                  "Hardtanh",
                                  "hardtanh",
                                  "softplus",
                                  "mish",
                                  "Softmax",
                                  "Hardswish",
                                  "hardswish",
                                  "Hardsigmoid",
                                  "hardsigmoid",
                                  "log_softmax",
                                  "LogSoftmax"});
  add(OperatorClass::Embedding, {"Embedding", "embedding"});
  add(OperatorClass::Convolution,
      {"Conv2d", "MaxPool2d", "AvgPool2d", "AdaptiveMaxPool2d", "AdaptiveAvgPool2d", "max_pool2d", "avg_pool2d",
       "adaptive_max_pool2d", "adaptive_avg_pool2d", "MaxPool1d", "AvgPool1d", "max_pool1d", "avg_pool1d"});
  return types;
}

/// Every model has names of its own for these two.
OperatorClass class_by_ending(const std::string& type) {
  if (ends_with(type, "Norm")) return OperatorClass::Normalization;
  return ends_with(type, "RotaryEmbedding") ? OperatorClass::Embedding : OperatorClass::Other;
}

}  // namespace

OperatorClass operator_class(const LayerEvent& event) {
  if (attention_role(event) != AttentionRole::None) return OperatorClass::Attention;
  static const Classes types = known_types();
  const auto known = types.find(event.type);
  return known != types.end() ? known->second : class_by_ending(event.type.str());
}

const char* to_string(OperatorClass which) {
  switch (which) {
    case OperatorClass::Linear:
      return "linear";
    case OperatorClass::Attention:
      return "attention";
    case OperatorClass::Normalization:
      return "normalization";
    case OperatorClass::Activation:
      return "activation";
    case OperatorClass::Embedding:
      return "embedding";
    case OperatorClass::Convolution:
      return "convolution";
    case OperatorClass::Other:
      break;
  }
  return "other";
}

}  // namespace upmem_des
