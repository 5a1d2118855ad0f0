/// A matrix product with a weight.
#pragma once

#include <string>

#include "profiler/decoder/model_builder.hpp"

namespace upmem_des::profiler {

class Linear {
 public:
  enum class Stored {
    OutIn,  ///< as torch.nn.Linear has it
    InOut,  ///< as GPT-2's Conv1D has it
  };

  /// The layer `path`, of the sizes that are described: weight "PATH.weight" [out, in], and "PATH.bias" [out] where a
  /// bias is described.
  Linear(ModelBuilder& builder, const std::string& path, Stored stored = Stored::OutIn);
  /// With or without a bias, whatever is described.
  Linear(ModelBuilder& builder, const std::string& path, bool bias, Stored stored = Stored::OutIn);
  /// With a weight [out, in] that belongs to another layer, too.
  Linear(ModelBuilder& builder, const std::string& path, torch::Tensor weight);

  /// [rows…, in] → [rows…, out]. `expert`: the one that the call belongs to, −1 for none.
  torch::Tensor forward(const torch::Tensor& input, std::int64_t expert = -1) const;

  const LayerInfo& info() const { return info_; }
  const torch::Tensor& weight() const { return weight_; }  ///< [out, in]

 private:
  LayerInfo info_;
  torch::Tensor weight_;
  torch::Tensor bias_;  ///< undefined: none
};

}  // namespace upmem_des::profiler
