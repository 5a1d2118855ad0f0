/// Runs jobs in processes that have the program's libraries already.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cli/job_reader.hpp"

namespace upmem_des {

/// Reads jobs from standard input and forks a process for each, which does `work` with its arguments and exits with
/// what that returns. A job's process leads a session, has nothing on standard input, drops what it prints on standard
/// output, and dies with this process. When it has ended, a line `NUMBER CODE LENGTH` goes to standard output and then
/// LENGTH bytes, the last of what it said on standard error. NUMBER counts jobs from 0, CODE is the exit code, as a
/// shell counts: 128 + n for signal n; -1 where it took longer than allowed. A job that is withdrawn is killed, and
/// answered like others that are. With `keeps_output` the line is `NUMBER CODE LENGTH OUTPUT_LENGTH`, and what the job
/// printed on standard output follows.
///
/// A fork copies the calling thread only: there must be no other one, and nothing of SimGrid.
class JobWorker {
 public:
  struct Options {
    std::size_t jobs = 1;                         ///< at a time
    std::optional<std::chrono::seconds> limit{};  ///< after which a job is killed, with all that it has started
    bool keeps_output = false;
  };
  using Work = std::function<int(const std::vector<std::string>& arguments)>;

  JobWorker(Options options, Work work);
  JobWorker(const JobWorker&) = delete;
  JobWorker& operator=(const JobWorker&) = delete;
  /// Kills what is still going on, with all that it has started.
  ~JobWorker();

  /// Until the other end of standard input is closed. Throws InputError on what is no job, and SimulationError where
  /// the worker itself cannot go on.
  void run();

 private:
  using Clock = std::chrono::steady_clock;

  struct Running {
    std::int64_t number;
    int words;   // a file: its standard error
    int output;  // a file: its standard output; -1: dropped
    Clock::time_point start;
    bool is_overdue = false;
  };

  void start_some();
  void start(const std::vector<std::string>& arguments);
  [[noreturn]] void be_child(const std::vector<std::string>& arguments, int words, int output, pid_t parent) const;
  void end_withdrawn();
  bool wait();
  int patience_ms() const;
  bool read_jobs();
  void end_overdue();
  void reap();
  void answer(std::int64_t number, int code, const std::string& words, const std::string& output) const;

  Options options_;
  Work work_;
  JobReader reader_;
  std::map<pid_t, Running> running_;
  std::int64_t started_ = 0;
  int ended_ = -1;  // readable when a child has ended
};

}  // namespace upmem_des
