#include "upmem_des/model/activation_kind.hpp"

#include <array>

namespace upmem_des {

namespace {

using Function = operation::Pointwise::Function;

struct Known {
  const char* name;
  const char* type;
  Function function;
};

constexpr std::array<Known, 12> known{{{"silu", "SiLUActivation", Function::Silu},
                                       {"swish", "SiLUActivation", Function::Silu},
                                       {"gelu", "GELUActivation", Function::GeluErf},
                                       {"gelu_new", "NewGELUActivation", Function::GeluTanh},
                                       {"gelu_pytorch_tanh", "GELUTanh", Function::GeluTanh},
                                       {"gelu_fast", "FastGELUActivation", Function::GeluTanh},
                                       {"gelu_python", "GELUActivation", Function::GeluErf},
                                       {"quick_gelu", "QuickGELUActivation", Function::QuickGelu},
                                       {"relu", "ReLU", Function::Relu},
                                       {"relu6", "ReLU6", Function::Relu6},
                                       {"sigmoid", "Sigmoid", Function::Sigmoid},
                                       {"tanh", "Tanh", Function::Tanh}}};

}  // namespace

std::optional<ActivationKind> parse_activation(std::string_view text) {
  for (const Known& each : known) {
    if (text != each.name) continue;
    ActivationKind kind;
    kind.type = each.type;
    kind.function = each.function;
    return kind;
  }
  return std::nullopt;
}

const std::vector<std::string>& activation_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Known& each : known) all.emplace_back(each.name);
    return all;
  }();
  return names;
}

}  // namespace upmem_des
