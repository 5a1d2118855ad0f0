/// The command line.
#pragma once

namespace upmem_des {

/// Parses the arguments and runs the subcommand. Results go to standard output, messages to standard error. Returns the
/// exit code: 0 success, 1 the simulation failed, 2 bad input or usage.
int run_command_line(int argc, char** argv);

}  // namespace upmem_des
