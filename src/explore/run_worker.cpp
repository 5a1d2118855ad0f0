#include "explore/run_worker.hpp"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <utility>

#include "upmem_des/util/error.hpp"
#include "util/descriptor_io.hpp"

extern char** environ;

namespace upmem_des {

namespace {

constexpr int took_too_long = -1;

[[noreturn]] void fail(int error) {
  throw SimulationError(std::string("cannot start a process: ") + std::strerror(error));
}

std::string job(const std::vector<std::string>& arguments) {
  std::string text = std::to_string(arguments.size()) + "\n";
  for (const std::string& argument : arguments) text += argument + '\0';
  return text;
}

/// Two ends of a connection, neither of which a program inherits that is started. Sockets: writing to one whose other
/// end is gone is no signal (write_all()).
struct SocketPair {
  int ours = -1;
  int theirs = -1;

  SocketPair() {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) fail(errno);
    ours = ends[0];
    theirs = ends[1];
  }
  SocketPair(const SocketPair&) = delete;
  SocketPair& operator=(const SocketPair&) = delete;
  ~SocketPair() {
    for (const int end : {ours, theirs})
      if (end >= 0) ::close(end);
  }
};

/// With these as standard input and output. SIGPIPE ends it, whatever it does here.
pid_t spawn(const std::vector<std::string>& words, int input, int output) {
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t process = -1;
  const int error = ::posix_spawn(&process, argv[0], &actions, &attributes, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  ::posix_spawnattr_destroy(&attributes);
  if (error != 0) fail(error);
  return process;
}

}  // namespace

RunWorker::RunWorker(Options options) : options_(std::move(options)) {}

RunWorker::~RunWorker() {
  std::unique_lock<std::mutex> lock(mutex_);
  stop_locked(lock);
}

void RunWorker::start() {
  const std::lock_guard<std::mutex> lock(mutex_);
  start_locked();
}

void RunWorker::start_locked() {
  if (is_alive_) return;
  if (reader_.joinable()) reader_.join();  // it has come to its end: it set is_alive_ last
  if (process_ > 0) ::waitpid(process_, nullptr, 0);
  process_ = -1;
  SocketPair jobs;
  SocketPair answers;
  // One seat more than runs: a worker whose seats are all taken does not read, and would not hear of withdrawn jobs.
  process_ = spawn({options_.program, "work", "--keep-output", "--jobs", std::to_string(options_.runs + 1), "--limit",
                    std::to_string(options_.limit.count())},
                   jobs.theirs, answers.theirs);
  to_worker_ = std::exchange(jobs.ours, -1);
  next_ = 0;
  running_ = 0;
  ended_.clear();
  ++generation_;
  is_alive_ = true;
  reader_ = std::thread([this, from = std::exchange(answers.ours, -1)] { read_answers(from); });
}

void RunWorker::stop_locked(std::unique_lock<std::mutex>& lock) {
  if (to_worker_ >= 0) ::close(std::exchange(to_worker_, -1));  // the worker ends where its input does
  lock.unlock();
  if (reader_.joinable()) reader_.join();
  if (process_ > 0) ::waitpid(process_, nullptr, 0);
  lock.lock();
  process_ = -1;
}

void RunWorker::read_answers(int from_worker) {
  std::FILE* const answers = ::fdopen(from_worker, "r");
  long long number = 0;
  int code = 0;
  std::size_t words = 0;
  std::size_t output = 0;
  while (answers != nullptr && std::fscanf(answers, "%lld %d %zu %zu", &number, &code, &words, &output) == 4 &&
         std::fgetc(answers) == '\n') {
    RunOutcome outcome;
    outcome.end = code == took_too_long ? RunOutcome::End::TookTooLong : RunOutcome::End::Exited;
    outcome.code = code;
    outcome.words.resize(words);
    outcome.output.resize(output);
    if (std::fread(outcome.words.data(), 1, words, answers) != words ||
        std::fread(outcome.output.data(), 1, output, answers) != output)
      break;
    const std::lock_guard<std::mutex> lock(mutex_);
    --running_;
    ended_.emplace(number, std::move(outcome));
    changed_.notify_all();
  }
  if (answers != nullptr) std::fclose(answers);
  const std::lock_guard<std::mutex> lock(mutex_);
  if (to_worker_ >= 0) ::close(std::exchange(to_worker_, -1));
  is_alive_ = false;
  changed_.notify_all();
}

RunOutcome RunWorker::run(const std::vector<std::string>& arguments, const Obsolete& obsolete) {
  const RunOutcome not_wanted{RunOutcome::End::Obsolete, 0, {}, {}};
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return obsolete.is_set_ || !is_alive_ || running_ < options_.runs; });
  if (obsolete.is_set_) return not_wanted;
  start_locked();
  const std::int64_t number = next_++;
  const std::int64_t generation = generation_;
  ++running_;
  write_all(to_worker_, job(arguments));
  const auto is_over = [&] { return generation != generation_ || !is_alive_ || ended_.count(number) > 0; };
  changed_.wait(lock, [&] { return is_over() || obsolete.is_set_; });
  if (!is_over()) {
    write_all(to_worker_, "-" + std::to_string(number) + "\n");
    changed_.wait(lock, is_over);
  }
  const auto found = generation == generation_ ? ended_.find(number) : ended_.end();
  RunOutcome outcome{RunOutcome::End::Lost, 0, {}, {}};
  if (found != ended_.end()) {
    outcome = std::move(found->second);
    ended_.erase(found);
  }
  return obsolete.is_set_ ? not_wanted : outcome;
}

void RunWorker::make(Obsolete& obsolete) {
  const std::lock_guard<std::mutex> lock(mutex_);
  obsolete.is_set_ = true;
  changed_.notify_all();
}

}  // namespace upmem_des
