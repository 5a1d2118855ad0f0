/// The MLP of GPT-2: c_proj(act(c_fc(x))).
#pragma once

#include <string>

#include "profiler/decoder/activation.hpp"
#include "profiler/decoder/dropout.hpp"
#include "profiler/decoder/feed_forward.hpp"
#include "profiler/decoder/linear.hpp"

namespace upmem_des::profiler {

class PlainMlp : public FeedForward {
 public:
  /// c_fc, c_proj, act and dropout below `path`.
  PlainMlp(ModelBuilder& builder, const std::string& path);

  torch::Tensor forward(const torch::Tensor& input, const ForwardPass& pass) override;

 private:
  Linear c_fc_;
  Linear c_proj_;
  Activation act_;
  Dropout dropout_;
};

}  // namespace upmem_des::profiler
