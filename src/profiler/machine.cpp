#include "profiler/machine.hpp"

#include <torch/torch.h>

#include <fstream>
#include <string>

namespace upmem_des::profiler {

namespace {

/// Architectures name the processor under different keys.
std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    for (const char* key : {"model name", "cpu model", "Processor", "cpu\t"})
      if (line.rfind(key, 0) == 0)
        if (const std::size_t colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
  return "unknown";
}

}  // namespace

void set_threads(std::int64_t threads) {
  if (threads > 0) at::set_num_threads(static_cast<int>(threads));
}

void describe_machine(ProfileReply& reply) {
  reply.threads = at::get_num_threads();
  reply.cpu = cpu_name();
  reply.libtorch = TORCH_VERSION;
}

}  // namespace upmem_des::profiler
