/// Ids to vectors.
#pragma once

#include <string>

#include "profiler/decoder/model_builder.hpp"

namespace upmem_des::profiler {

class Embedding {
 public:
  /// Weight "PATH.weight" [rows, hidden_size]; what it gives is multiplied by `scale`, rounded to its number format.
  Embedding(ModelBuilder& builder, const std::string& path, std::int64_t rows, double scale = 1);

  /// [B, T] of ids, each from 0 to rows − 1 → [B, T, hidden_size].
  torch::Tensor forward(const torch::Tensor& ids) const;

  const torch::Tensor& weight() const { return weight_; }

 private:
  LayerInfo info_;
  torch::Tensor weight_;
  torch::Tensor scale_;  ///< undefined: 1
};

}  // namespace upmem_des::profiler
