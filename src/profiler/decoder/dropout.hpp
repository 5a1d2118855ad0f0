/// Dropout, which does nothing at inference but is called.
#pragma once

#include <string>

#include "profiler/decoder/model_builder.hpp"

namespace upmem_des::profiler {

class Dropout {
 public:
  Dropout(const ModelBuilder& builder, const std::string& path) : info_(builder.layer(path).info) {}

  /// `input` itself.
  const torch::Tensor& forward(const torch::Tensor& input) const {
    LayerCall call(info_, input.sizes());
    call.done(input.sizes());
    return input;
  }

 private:
  LayerInfo info_;
};

}  // namespace upmem_des::profiler
