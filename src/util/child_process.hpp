/// A program that this one starts, and listens to until it has ended.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "util/scrap.hpp"

namespace upmem_des {

/// Closes a descriptor at the end.
class Descriptor {
 public:
  Descriptor() = default;
  /// Takes `value` over, moved out of the way of the descriptors that the program gets. Throws SimulationError where no
  /// more can be open.
  explicit Descriptor(int value);
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  ~Descriptor() { close(); }

  int get() const { return value_; }
  void close();
  /// From now on somebody else closes it.
  int release() { return std::exchange(value_, -1); }

 private:
  int value_ = -1;
};

/// Two ends of a socket, or of a pipe, that no other program inherits. Throw SimulationError.
struct Ends {
  Descriptor ours;
  Descriptor theirs;
};
Ends make_socket();
/// We read from it.
Ends make_pipe();

struct ChildProgram {
  std::vector<std::string> arguments;  ///< the first is the program's path
  /// Ours, and which number each has there; without one standard input is empty.
  std::vector<std::pair<int, int>> descriptors;
};

/// Starts it, without a shell: it takes all signals, and SIGPIPE ends it. `note`, where there is one, is told of it, so
/// that it does not outlive this process. Throws SimulationError where it cannot be started.
pid_t start_child(const ChildProgram& program, ChildNote* note = nullptr);

/// What comes from a descriptor is given to `hear`.
struct Ear {
  Descriptor& from;
  std::function<void(std::string_view)> hear;
};
/// Listens until all have ended and are closed, or for `limit_s` (0: without a limit): false then.
bool listen(const std::vector<Ear>& ears, double limit_s);

/// An ear that keeps what comes last, `most` bytes at most, in `text`.
Ear last_of(Descriptor& from, std::string& text, std::size_t most);

/// Waits for its end: what waitpid() says.
int wait_for(pid_t child, ChildNote& note);

/// Whether a process has ended itself by a signal; others come from outside.
bool is_crash(int status);

/// "was ended by signal 11 (Segmentation fault)", "ended without an answer, exit code 3".
std::string end_text(int status);

/// The last line with anything in it, cut to 300 bytes.
std::string last_line(const std::string& text);

}  // namespace upmem_des
