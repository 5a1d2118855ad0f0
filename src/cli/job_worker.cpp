#include "cli/job_worker.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <limits>
#include <utility>

#include "upmem_des/util/error.hpp"
#include "util/descriptor_io.hpp"

namespace upmem_des {

namespace {

constexpr int cannot_run = 126;  // as a shell has it
constexpr int took_too_long = -1;
constexpr const char* not_started = "upmem-des: error: a process cannot be started: ";
constexpr off_t most_words = off_t{1} << 20U;
constexpr off_t whole_file = std::numeric_limits<off_t>::max();

sigset_t child_signal() {
  sigset_t one;
  ::sigemptyset(&one);
  ::sigaddset(&one, SIGCHLD);
  return one;
}

/// The last `most` bytes of a file; -1 is an empty one.
std::string end_of(int file, off_t most) {
  struct stat status = {};
  if (::fstat(file, &status) != 0 || status.st_size == 0) return {};
  off_t from = std::max<off_t>(0, status.st_size - most);
  std::string text(static_cast<std::size_t>(status.st_size - from), '\0');
  std::size_t done = 0;
  for (ssize_t count = 0; done < text.size(); done += static_cast<std::size_t>(count), from += count)
    if ((count = ::pread(file, text.data() + done, text.size() - done, from)) <= 0) break;
  text.resize(done);
  return text;
}

void kill_all_of(pid_t leader) {
  // It may not have got as far as to lead its group.
  ::kill(leader, SIGKILL);
  ::kill(-leader, SIGKILL);
}

}  // namespace

JobWorker::JobWorker(Options options, Work work) : options_(options), work_(std::move(work)) {
  ::signal(SIGCHLD, SIG_DFL);
  const sigset_t one = child_signal();
  ::sigprocmask(SIG_BLOCK, &one, nullptr);
  ended_ = ::signalfd(-1, &one, SFD_CLOEXEC | SFD_NONBLOCK);
  if (ended_ < 0) throw SimulationError(std::string("cannot wait for processes: ") + std::strerror(errno));
}

JobWorker::~JobWorker() {
  for (const auto& child : running_) kill_all_of(child.first);
  for (const auto& child : running_) ::waitpid(child.first, nullptr, 0);
  ::close(ended_);
}

void JobWorker::run() {
  do {
    start_some();
  } while (wait());
}

void JobWorker::start_some() {
  for (std::vector<std::string> arguments; running_.size() < options_.jobs && reader_.next(arguments);)
    start(arguments);
  end_withdrawn();
}

void JobWorker::start(const std::vector<std::string>& arguments) {
  const std::int64_t number = started_++;
  // In memory: a file system would take a tenth of a run's time to make a file and to remove it.
  const int words = ::memfd_create("words", MFD_CLOEXEC);
  const int output = options_.keeps_output ? ::memfd_create("output", MFD_CLOEXEC) : -1;
  // Buffered output would otherwise be written by both processes.
  std::fflush(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = words < 0 || (options_.keeps_output && output < 0) ? -1 : ::fork();
  if (child == 0) be_child(arguments, words, output, parent);
  if (child > 0) {
    running_.emplace(child, Running{number, words, output, Clock::now()});
    return;
  }
  const std::string reason = std::strerror(errno);
  ::close(words);
  ::close(output);
  answer(number, cannot_run, not_started + reason, "");
}

void JobWorker::be_child(const std::vector<std::string>& arguments, int words, int output, pid_t parent) const {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::dup2(words, STDERR_FILENO);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) {
    std::fprintf(stderr, "%s/dev/null: %s\n", not_started, std::strerror(errno));
    ::_exit(cannot_run);
  }
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output < 0 ? nothing : output, STDOUT_FILENO);
  ::close_range(STDERR_FILENO + 1, UINT_MAX, 0);
  const sigset_t one = child_signal();
  ::sigprocmask(SIG_UNBLOCK, &one, nullptr);
  // Who looks from outside sees by this that all else is as it is to be.
  ::setsid();
  const int code = work_(arguments);
  std::fflush(nullptr);
  ::_exit(code);
}

bool JobWorker::wait() {
  // Jobs that cannot start yet stay in the pipe.
  const short reading = running_.size() < options_.jobs ? POLLIN : 0;
  std::array<pollfd, 2> both{{{STDIN_FILENO, reading, 0}, {ended_, POLLIN, 0}}};
  if (::poll(both.data(), both.size(), patience_ms()) < 0 && errno != EINTR)
    throw SimulationError(std::string("cannot wait for jobs: ") + std::strerror(errno));
  if ((both[0].revents & POLLIN) != 0) {
    if (!read_jobs()) return false;
  } else if ((both[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) {
    return false;
  }
  end_overdue();
  if (both[1].revents != 0) reap();
  return true;
}

int JobWorker::patience_ms() const {
  if (!options_.limit || running_.empty()) return -1;
  Clock::time_point first = Clock::time_point::max();
  for (const auto& [child, job] : running_)
    if (!job.is_overdue) first = std::min(first, job.start + *options_.limit);
  if (first == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(first - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

bool JobWorker::read_jobs() {
  std::array<char, 65536> buffer{};
  const ssize_t count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
  if (count < 0 && errno == EINTR) return true;
  if (count <= 0) return false;
  reader_.feed({buffer.data(), static_cast<std::size_t>(count)});
  return true;
}

void JobWorker::end_overdue() {
  if (!options_.limit) return;
  const Clock::time_point now = Clock::now();
  for (auto& [child, job] : running_) {
    if (job.is_overdue || now < job.start + *options_.limit) continue;
    job.is_overdue = true;
    kill_all_of(child);
  }
}

void JobWorker::end_withdrawn() {
  for (const std::int64_t number : reader_.take_withdrawn())
    for (const auto& [child, job] : running_)
      if (job.number == number) kill_all_of(child);
}

void JobWorker::reap() {
  signalfd_siginfo ignored = {};
  while (::read(ended_, &ignored, sizeof ignored) > 0) {
  }
  int status = 0;
  for (pid_t child = 0; (child = ::waitpid(-1, &status, WNOHANG)) > 0;) {
    const auto found = running_.find(child);
    if (found == running_.end()) continue;
    const Running& job = found->second;
    if (job.is_overdue)
      answer(job.number, took_too_long, "", "");
    else
      answer(job.number, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status),
             end_of(job.words, most_words), end_of(job.output, whole_file));
    ::close(job.words);
    ::close(job.output);
    running_.erase(found);
  }
}

void JobWorker::answer(std::int64_t number, int code, const std::string& words, const std::string& output) const {
  std::string line = std::to_string(number) + " " + std::to_string(code) + " " + std::to_string(words.size());
  if (options_.keeps_output) line += " " + std::to_string(output.size());
  write_all(STDOUT_FILENO, line + "\n" + words + output);
}

}  // namespace upmem_des
