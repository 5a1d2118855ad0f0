#include "simulation/actor_stack.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

void expect_stack(std::int64_t actors) {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  // As SimGrid makes a stack, with a page on either side so that it is a mapping of its own.
  const std::size_t bytes = static_cast<std::size_t>(stack_KiB) * 1024 + 2 * page;
  void* const memory = ::mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  const bool mapped = memory != MAP_FAILED;
  const bool usable =
      mapped && ::mprotect(static_cast<char*>(memory) + page, bytes - 2 * page, PROT_READ | PROT_WRITE) == 0;
  if (mapped) ::munmap(memory, bytes);
  if (!usable)
    throw SimulationError("out of memory for the stacks of devices and routes after " + std::to_string(actors) +
                          " of them, " + std::to_string(stack_KiB) + " KiB each; expected fewer devices, a higher " +
                          "limit (ulimit -v), or more mappings (sysctl vm.max_map_count)");
}

}  // namespace upmem_des
