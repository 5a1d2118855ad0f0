/// What goes wrong, in two kinds: the user's input (exit code 2) and the simulation itself (exit code 1).
#pragma once

#include <stdexcept>
#include <string>

namespace upmem_des {

/// Where in the user's input something stands. Printed as "file:line"; `line` 0 means that no line is known, and an
/// empty `file` that the input came from elsewhere (a command-line option is named in `file`, without a line).
struct SourceLocation {
  std::string file;
  int line = 0;

  /// "file:line", "file" or "".
  std::string str() const;
};

/// Bad input or usage. what() is one_line() of "file:line: key: problem"; parts that are not known are left out.
class InputError : public std::runtime_error {
 public:
  /// Of input whose place is not known.
  explicit InputError(const std::string& problem);
  /// "where: problem".
  InputError(const SourceLocation& where, const std::string& problem);
  /// "where: key: problem".
  InputError(const SourceLocation& where, const std::string& key, const std::string& problem);
};

/// The input was good and the simulation still failed (a deadlock, a platform that SimGrid refuses).
class SimulationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace upmem_des
