/// A matrix product with a weight.
#pragma once

#include <string>

#include "profiler/decoder/model_builder.hpp"

namespace upmem_des::profiler {

class Linear {
 public:
  /// Weight "PATH.weight" [out, in], and "PATH.bias" [out] where there is a bias.
  Linear(ModelBuilder& builder, const std::string& path, std::int64_t in, std::int64_t out, bool bias = false);
  /// With a weight [out, in] that belongs to another layer, too.
  Linear(ModelBuilder& builder, const std::string& path, torch::Tensor weight);

  /// [rows…, in] → [rows…, out]. `expert`: the one that the call belongs to, −1 for none.
  torch::Tensor forward(const torch::Tensor& input, std::int64_t expert = -1) const;

 private:
  LayerInfo info_;
  torch::Tensor weight_;
  torch::Tensor bias_;  ///< undefined: none
};

}  // namespace upmem_des::profiler
