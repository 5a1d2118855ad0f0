/// A function of each element that is a layer.
#pragma once

#include <string>

#include "profiler/decoder/model_builder.hpp"

namespace upmem_des::profiler {

/// The function of each element; std::logic_error on one that is no activation of a model's.
torch::Tensor activated(operation::Pointwise::Function function, const torch::Tensor& input);

class Activation {
 public:
  /// The layer `path`; what it computes is described.
  Activation(ModelBuilder& builder, const std::string& path);

  /// Any shape. `expert`: the one that the call belongs to, −1 for none.
  torch::Tensor forward(const torch::Tensor& input, std::int64_t expert = -1) const;

 private:
  LayerInfo info_;
  operation::Pointwise::Function function_;
};

}  // namespace upmem_des::profiler
