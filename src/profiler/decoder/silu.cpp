#include "profiler/decoder/silu.hpp"

namespace upmem_des::profiler {

torch::Tensor Silu::forward(const torch::Tensor& input, std::int64_t expert) const {
  LayerCall call(info_, input.sizes());
  torch::Tensor output = torch::silu(input);
  LayerEvent* event = call.done(output.sizes());
  if (event != nullptr && expert >= 0) event->experts = {expert};
  return output;
}

}  // namespace upmem_des::profiler
