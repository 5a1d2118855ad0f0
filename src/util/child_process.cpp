#include "util/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstring>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail_to_start(const std::string& program, int error) {
  throw SimulationError(program + " cannot be started: " + std::strerror(error));
}

[[noreturn]] void fail_to_open(int error) {
  throw SimulationError(std::string("no more files can be opened: ") + std::strerror(error));
}

Ends ends_of(const std::array<int, 2>& both) {
  Ends ends;
  try {
    ends.ours = Descriptor(both[0]);
  } catch (const SimulationError&) {
    ::close(both[1]);
    throw;
  }
  ends.theirs = Descriptor(both[1]);
  return ends;
}

/// How long may still be waited, for poll(): in milliseconds, at least one; -1 without a limit.
int wait_ms(Clock::time_point since, double limit_s) {
  constexpr double longest_ms = 1e9;
  if (limit_s <= 0) return -1;
  const double left_s = limit_s - std::chrono::duration<double>(Clock::now() - since).count();
  return left_s <= 0 ? 0 : static_cast<int>(std::min(longest_ms, std::ceil(1e3 * left_s)));
}

/// Gives on what can be read; closes at the end.
void read_some(const Ear& ear) {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(ear.from.get(), buffer.data(), buffer.size());
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count <= 0)
    ear.from.close();
  else
    ear.hear({buffer.data(), static_cast<std::size_t>(count)});
}

}  // namespace

Descriptor::Descriptor(int value) : value_(::fcntl(value, F_DUPFD_CLOEXEC, 10)) {
  const int error = errno;
  ::close(value);
  if (value_ < 0) fail_to_open(error);
}

void Descriptor::close() {
  if (value_ >= 0) ::close(value_);
  value_ = -1;
}

Ends make_socket() {
  std::array<int, 2> both{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both.data()) != 0) fail_to_open(errno);
  return ends_of(both);
}

Ends make_pipe() {
  std::array<int, 2> both{-1, -1};
  if (::pipe2(both.data(), O_CLOEXEC) != 0) fail_to_open(errno);
  return ends_of(both);
}

pid_t start_child(const ChildProgram& program, ChildNote* note) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawnattr_init(&attributes);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  for (const auto& [ours, theirs] : program.descriptors) ::posix_spawn_file_actions_adddup2(&actions, ours, theirs);
  sigset_t signals;
  ::sigemptyset(&signals);
  ::posix_spawnattr_setsigmask(&attributes, &signals);
  ::sigaddset(&signals, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &signals);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<std::string> texts = program.arguments;
  std::vector<char*> arguments;
  for (std::string& text : texts) arguments.push_back(text.data());
  arguments.push_back(nullptr);
  pid_t child = -1;
  const SignalsWait wait;
  const int error = ::posix_spawn(&child, texts.front().c_str(), &actions, &attributes, arguments.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) fail_to_start(texts.front(), error);
  if (note != nullptr) note->note(child);
  return child;
}

bool listen(const std::vector<Ear>& ears, double limit_s) {
  const Clock::time_point since = Clock::now();
  const auto open = [](const Ear& ear) { return ear.from.get() >= 0; };
  std::vector<pollfd> polled(ears.size());
  while (std::any_of(ears.begin(), ears.end(), open)) {
    for (std::size_t i = 0; i < ears.size(); ++i) polled[i] = {ears[i].from.get(), POLLIN, 0};
    const int wait = wait_ms(since, limit_s);
    const int ready = ::poll(polled.data(), polled.size(), wait);
    if (wait == 0 || ready == 0) return false;
    if (ready < 0 && errno != EINTR) return true;
    for (std::size_t i = 0; ready > 0 && i < ears.size(); ++i)
      if (polled[i].revents != 0) read_some(ears[i]);
  }
  return true;
}

Ear last_of(Descriptor& from, std::string& text, std::size_t most) {
  return {from, [&text, most](std::string_view more) {
            text.append(more);
            if (text.size() > most) text.erase(0, text.size() - most);
          }};
}

int wait_for(pid_t child, ChildNote& note) {
  siginfo_t ended = {};
  while (::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  note.forget();  // once it has been waited for, its number may be another's
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

bool is_crash(int status) {
  if (!WIFSIGNALED(status)) return false;
  const int signal = WTERMSIG(status);
  return signal == SIGSEGV || signal == SIGABRT || signal == SIGBUS || signal == SIGFPE || signal == SIGILL;
}

std::string end_text(int status) {
  if (WIFSIGNALED(status))
    return "was ended by signal " + std::to_string(WTERMSIG(status)) + " (" + ::strsignal(WTERMSIG(status)) + ")";
  return "ended without an answer, exit code " + std::to_string(WEXITSTATUS(status));
}

std::string last_line(const std::string& text) {
  constexpr std::size_t most = 300;
  const std::size_t end = text.find_last_not_of(" \n\r\t");
  if (end == std::string::npos) return {};
  const std::size_t begin = text.find_last_of('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? -1 : begin))
      .substr(0, most);
}

}  // namespace upmem_des
