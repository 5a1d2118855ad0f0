/// A normalisation over the last size.
#pragma once

#include <torch/torch.h>

namespace upmem_des::profiler {

class Norm {
 public:
  Norm() = default;
  Norm(const Norm&) = delete;
  Norm& operator=(const Norm&) = delete;
  virtual ~Norm() = default;

  /// [rows…, width] → the same shape and number format.
  virtual torch::Tensor forward(const torch::Tensor& input) const = 0;
};

}  // namespace upmem_des::profiler
