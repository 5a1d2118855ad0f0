/// Token ids to vectors.
#pragma once

#include <string>

#include "profiler/decoder/model_builder.hpp"

namespace upmem_des::profiler {

class Embedding {
 public:
  /// Weight "PATH.weight" [vocab_size, hidden_size].
  Embedding(ModelBuilder& builder, const std::string& path);

  /// [B, T] of ids, each from 0 to vocab_size − 1 → [B, T, hidden_size].
  torch::Tensor forward(const torch::Tensor& ids) const;

  const torch::Tensor& weight() const { return weight_; }

 private:
  LayerInfo info_;
  torch::Tensor weight_;
};

}  // namespace upmem_des::profiler
