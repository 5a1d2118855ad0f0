#include "run/child_answer.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>

#include "upmem_des/util/error.hpp"
#include "util/descriptor_io.hpp"

namespace upmem_des {

namespace {

// What the child sends first: a result, or what it threw.
constexpr char result_tag = 'R';
constexpr char input_error_tag = 'I';
constexpr char simulation_error_tag = 'S';

void send(int pipe_end, char tag, const std::string& text) {
  write_all(pipe_end, tag + text);
}

/// What ends this process, or leaves it without memory, is for the parent to report; and it ends with its parent.
void depend_on(pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);
  std::set_new_handler(nullptr);
  ::signal(SIGABRT, SIG_DFL);
}

void answer_in_child(const std::function<std::string()>& work, int pipe_end) {
  try {
    send(pipe_end, result_tag, work());
  } catch (const InputError& error) {
    send(pipe_end, input_error_tag, error.what());
  } catch (const std::bad_alloc&) {
    send(pipe_end, simulation_error_tag, "out of memory");
  } catch (const std::exception& error) {
    send(pipe_end, simulation_error_tag, error.what());
  }
}

}  // namespace

std::string answer_of_child(const std::function<std::string()>& work) {
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) throw SimulationError(std::string("cannot make a pipe: ") + std::strerror(errno));
  // Buffered output would otherwise be written by both processes.
  std::fflush(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    throw SimulationError(std::string("cannot start a process: ") + std::strerror(errno));
  }
  if (child == 0) {
    ::close(ends[0]);
    depend_on(parent);
    answer_in_child(work, ends[1]);
    ::_exit(0);
  }
  ::close(ends[1]);
  const std::string message = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (message.empty() || !WIFEXITED(status))
    throw SimulationError("the simulation's process ended early" +
                          (WIFSIGNALED(status) ? " by signal " + std::to_string(WTERMSIG(status)) : std::string()));
  std::string text = message.substr(1);
  if (message.front() == input_error_tag) throw InputError(text);
  if (message.front() == simulation_error_tag) throw SimulationError(text);
  return text;
}

}  // namespace upmem_des
