/// What decides which experts a row goes to.
#pragma once

#include <torch/torch.h>

#include "profiler/decoder/model_builder.hpp"

namespace upmem_des::profiler {

/// Of N rows and E experts.
struct Routes {
  torch::Tensor scores;  ///< [N, E], float32: an expert's weight is made of its score
  torch::Tensor chosen;  ///< [N, chosen], int64: experts; undefined where scores have no elements (the meta device)
};

class Router {
 public:
  Router() = default;
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;
  virtual ~Router() = default;

  /// Rows [N, hidden_size].
  virtual Routes forward(const torch::Tensor& rows) const = 0;
};

/// The `count` largest of each row of scores [N, E], as int64 [N, count]; undefined on the meta device.
inline torch::Tensor largest(const torch::Tensor& scores, std::int64_t count) {
  return scores.is_meta() ? torch::Tensor() : std::get<1>(torch::topk(scores, count, -1));
}

}  // namespace upmem_des::profiler
