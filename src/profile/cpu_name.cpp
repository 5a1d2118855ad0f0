#include "profile/cpu_name.hpp"

#include <fstream>

namespace upmem_des {

/// Architectures name the processor under different keys.
std::string cpu_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    for (const char* key : {"model name", "cpu model", "Processor", "cpu\t"})
      if (line.rfind(key, 0) == 0)
        if (const std::size_t colon = line.find(": "); colon != std::string::npos) return line.substr(colon + 2);
  return "unknown";
}

}  // namespace upmem_des
