/// The activation x · sigmoid(x).
#pragma once

#include <string>

#include "profiler/decoder/model_builder.hpp"

namespace upmem_des::profiler {

class Silu {
 public:
  /// Its name in traces is "return", by the statement that calls it.
  Silu(ModelBuilder& builder, const std::string& path)
      : info_(builder.layer("SiLUActivation", path, {1, 1}, "return")) {}

  /// Any shape. `expert`: the one that the call belongs to, −1 for none.
  torch::Tensor forward(const torch::Tensor& input, std::int64_t expert = -1) const;

 private:
  LayerInfo info_;
};

}  // namespace upmem_des::profiler
