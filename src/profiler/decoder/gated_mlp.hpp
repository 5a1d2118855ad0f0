/// The MLP of Llama and Mistral: down(silu(gate(x)) · up(x)).
#pragma once

#include <string>

#include "profiler/decoder/feed_forward.hpp"
#include "profiler/decoder/linear.hpp"
#include "profiler/decoder/silu.hpp"

namespace upmem_des::profiler {

class GatedMlp : public FeedForward {
 public:
  /// gate_proj, up_proj, down_proj, act_fn below `path`.
  GatedMlp(ModelBuilder& builder, const std::string& path);

  torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) override;

 private:
  Linear gate_proj_;
  Linear up_proj_;
  Linear down_proj_;
  Silu act_fn_;
};

}  // namespace upmem_des::profiler
