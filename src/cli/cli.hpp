/// The command line.
#pragma once

#include <memory>

namespace upmem_des {

/// What the program understands, made before there is anything to understand: processes that are forked have it.
class CommandLine {
 public:
  CommandLine();
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  ~CommandLine();

  /// Parses the arguments and runs the subcommand, once. Results go to standard output, messages to standard error.
  /// Returns the exit code: 0 success, 1 the simulation failed, 2 bad input or usage.
  int run(int argc, char** argv);

 private:
  struct Parts;

  std::unique_ptr<Parts> parts_;
};

/// A process's one CommandLine, which ends tidily whatever ends it (end_tidily()). Returns the exit code.
int run_command_line(int argc, char** argv);

}  // namespace upmem_des
