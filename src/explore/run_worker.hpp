/// Runs of the program, in processes that have its libraries already.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "util/child_process.hpp"

namespace upmem_des {

/// Nobody waits for a run any more. Shared by the thread that waits for it and those that say so.
class Obsolete {
  friend class RunWorker;
  bool is_set_ = false;  // guarded by the worker's mutex
};

/// How a run ended.
struct RunOutcome {
  enum class End { Exited, TookTooLong, Obsolete, Lost };

  End end = End::Exited;
  int code = 0;        ///< as a shell has it
  std::string words;   ///< of standard error
  std::string output;  ///< of standard output
};

/// A process of `upmem-des work --keep-output` (docs/architecture.md has its protocol), started with the first run and
/// again where it has died. Threads may share it.
class RunWorker {
 public:
  struct Options {
    std::string program;           ///< the path of upmem-des
    std::size_t runs = 2;          ///< at a time; others wait
    std::chrono::seconds limit{};  ///< after which a run is ended, counted from its start
  };

  explicit RunWorker(Options options);
  RunWorker(const RunWorker&) = delete;
  RunWorker& operator=(const RunWorker&) = delete;
  /// Ends the process, with all runs.
  ~RunWorker();

  /// Starts the process, so that the first run does not wait for it. Throws SimulationError where that cannot be.
  void start();

  /// Runs `upmem-des ARGUMENTS…`, and returns when it has ended, or soon after `obsolete` is set. Throws
  /// SimulationError where no process can be started.
  RunOutcome run(const std::vector<std::string>& arguments, const Obsolete& obsolete);

  /// Ends the run that waits with it, or that will.
  void make(Obsolete& obsolete);

 private:
  void start_locked();
  void stop_locked(std::unique_lock<std::mutex>& lock);
  void read_answers(int from_worker);

  Options options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::int64_t, RunOutcome> ended_;  // of this process, until who waits has taken them
  std::int64_t next_ = 0;                     // number of the next job of this process
  std::size_t running_ = 0;
  std::int64_t generation_ = 0;  // of processes
  bool is_alive_ = false;
  pid_t process_ = -1;
  Descriptor to_worker_;
  std::thread reader_;
};

}  // namespace upmem_des
