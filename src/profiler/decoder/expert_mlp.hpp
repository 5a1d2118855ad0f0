/// One expert of Mixtral: w2(silu(w1(x)) · w3(x)).
#pragma once

#include <string>

#include "profiler/decoder/linear.hpp"
#include "profiler/decoder/silu.hpp"

namespace upmem_des::profiler {

class ExpertMlp {
 public:
  /// w1, w2, w3, act_fn below `path`, those of the expert of that number.
  ExpertMlp(ModelBuilder& builder, const std::string& path, std::int64_t expert);

  /// [n, hidden_size] → the same shape; n may be 0.
  torch::Tensor forward(const torch::Tensor& rows) const;

 private:
  std::int64_t expert_;
  Linear w1_;
  Linear w2_;
  Linear w3_;
  Silu act_fn_;
};

}  // namespace upmem_des::profiler
