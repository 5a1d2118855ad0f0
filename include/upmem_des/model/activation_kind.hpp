/// An activation as a layer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "upmem_des/operation/operation.hpp"

namespace upmem_des {

/// Its class, its attribute's name and what it computes.
struct ActivationKind {
  std::string type = "SiLUActivation";
  std::string name = "act_fn";  ///< the last part of its path
  std::string event_name;       ///< what traces call it; empty: as `name`
  operation::Pointwise::Function function = operation::Pointwise::Function::Silu;
};

/// By the name that configurations use: "silu", "gelu_pytorch_tanh".
std::optional<ActivationKind> parse_activation(std::string_view text);
/// All such names.
const std::vector<std::string>& activation_names();

}  // namespace upmem_des
