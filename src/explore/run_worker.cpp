#include "explore/run_worker.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

#include "util/descriptor_io.hpp"

namespace upmem_des {

namespace {

constexpr int took_too_long = -1;

std::string job(const std::vector<std::string>& arguments) {
  std::string text = std::to_string(arguments.size()) + "\n";
  for (const std::string& argument : arguments) text += argument + '\0';
  return text;
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
  // Sockets: writing to one whose other end is gone is no signal (write_all()). The worker ends where its input does.
  Ends jobs = make_socket();
  Ends answers = make_socket();
  // One seat more than runs: a worker whose seats are all taken does not read, and would not hear of withdrawn jobs.
  process_ = start_child({{options_.program, "work", "--keep-output", "--jobs", std::to_string(options_.runs + 1),
                           "--limit", std::to_string(options_.limit.count())},
                          {{jobs.theirs.get(), STDIN_FILENO}, {answers.theirs.get(), STDOUT_FILENO}}});
  to_worker_ = std::move(jobs.ours);
  next_ = 0;
  running_ = 0;
  ended_.clear();
  ++generation_;
  is_alive_ = true;
  reader_ = std::thread([this, from = answers.ours.release()] { read_answers(from); });
}

void RunWorker::stop_locked(std::unique_lock<std::mutex>& lock) {
  to_worker_.close();  // the worker ends where its input does
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
  to_worker_.close();
  is_alive_ = false;
  changed_.notify_all();
}

RunOutcome RunWorker::run(const std::vector<std::string>& arguments, const Obsolete& obsolete) {
  RunOutcome not_wanted{RunOutcome::End::Obsolete, 0, {}, {}};
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return obsolete.is_set_ || !is_alive_ || running_ < options_.runs; });
  if (obsolete.is_set_) return not_wanted;
  start_locked();
  const std::int64_t number = next_++;
  const std::int64_t generation = generation_;
  ++running_;
  write_all(to_worker_.get(), job(arguments));
  const auto is_over = [&] { return generation != generation_ || !is_alive_ || ended_.count(number) > 0; };
  changed_.wait(lock, [&] { return is_over() || obsolete.is_set_; });
  if (!is_over()) {
    write_all(to_worker_.get(), "-" + std::to_string(number) + "\n");
    changed_.wait(lock, is_over);
  }
  const auto found = generation == generation_ ? ended_.find(number) : ended_.end();
  RunOutcome outcome{RunOutcome::End::Lost, 0, {}, {}};
  if (found != ended_.end()) {
    outcome = std::move(found->second);
    ended_.erase(found);
  }
  if (obsolete.is_set_) return not_wanted;
  return outcome;
}

void RunWorker::make(Obsolete& obsolete) {
  const std::lock_guard<std::mutex> lock(mutex_);
  obsolete.is_set_ = true;
  changed_.notify_all();
}

}  // namespace upmem_des
