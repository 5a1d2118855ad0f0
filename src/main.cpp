#include "cli/cli.hpp"

int main(int argc, char** argv) {
  return upmem_des::run_command_line(argc, argv);
}
