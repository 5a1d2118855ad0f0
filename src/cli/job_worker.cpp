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
#include <utility>

#include "upmem_des/util/error.hpp"
#include "util/descriptor_io.hpp"

namespace upmem_des {

namespace {

constexpr int cannot_run = 126;  // as a shell has it
constexpr int took_too_long = -1;
constexpr const char* not_started = "upmem-des: error: a process cannot be started: ";
constexpr off_t most_words = off_t{1} << 20U;

sigset_t child_signal() {
  sigset_t one;
  ::sigemptyset(&one);
  ::sigaddset(&one, SIGCHLD);
  return one;
}

std::string last_words(int file) {
  struct stat status = {};
  if (::fstat(file, &status) != 0 || status.st_size == 0) return {};
  const off_t from = std::max<off_t>(0, status.st_size - most_words);
  std::string words(static_cast<std::size_t>(status.st_size - from), '\0');
  const ssize_t count = ::pread(file, words.data(), words.size(), from);
  words.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
  return words;
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
}

void JobWorker::start(const std::vector<std::string>& arguments) {
  const std::int64_t number = started_++;
  // In memory: a file system would take a tenth of a run's time to make a file and to remove it.
  const int words = ::memfd_create("words", MFD_CLOEXEC);
  // Buffered output would otherwise be written by both processes.
  std::fflush(nullptr);
  const pid_t parent = ::getpid();
  const pid_t child = words < 0 ? -1 : ::fork();
  if (child == 0) be_child(arguments, words, parent);
  if (child > 0) {
    running_.emplace(child, Running{number, words, Clock::now()});
    return;
  }
  const std::string reason = std::strerror(errno);
  ::close(words);
  answer(number, cannot_run, not_started + reason);
}

void JobWorker::be_child(const std::vector<std::string>& arguments, int words, pid_t parent) const {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  ::dup2(words, STDERR_FILENO);
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  if (nothing < 0) {
    std::fprintf(stderr, "%s/dev/null: %s\n", not_started, std::strerror(errno));
    ::_exit(cannot_run);
  }
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
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
      answer(job.number, took_too_long, "");
    else
      answer(job.number, WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), last_words(job.words));
    ::close(job.words);
    running_.erase(found);
  }
}

void JobWorker::answer(std::int64_t number, int code, const std::string& words) const {
  write_all(STDOUT_FILENO,
            std::to_string(number) + " " + std::to_string(code) + " " + std::to_string(words.size()) + "\n" + words);
}

}  // namespace upmem_des
