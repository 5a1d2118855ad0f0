#include "profiler/machine.hpp"

#include <torch/torch.h>

#include "profile/cpu_name.hpp"

namespace upmem_des::profiler {

void set_threads(std::int64_t threads) {
  if (threads > 0) at::set_num_threads(static_cast<int>(threads));
}

void describe_machine(ProfileReply& reply) {
  reply.threads = at::get_num_threads();
  reply.cpu = cpu_name();
  reply.libtorch = TORCH_VERSION;
}

}  // namespace upmem_des::profiler
