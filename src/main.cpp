#include "cli/cli.hpp"
#include "cli/endings.hpp"

namespace {

// SimGrid's library makes its settings as it is loaded, before main(): without memory for them the loader's process
// would be aborted. What is listed here is called before any library's initialisers.
[[gnu::section(".preinit_array"), gnu::used]] void (*const before_libraries)() = upmem_des::end_where_memory_runs_out;

}  // namespace

int main(int argc, char** argv) {
  return upmem_des::run_command_line(argc, argv);
}
