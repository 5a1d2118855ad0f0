/// Files and processes that must not outlive the program, however it ends.
#pragma once

#include <sys/types.h>

#include <csignal>
#include <string>

namespace upmem_des {

/// While one lives, signals that would end the program wait: so a file or child is made and noted in one go.
class SignalsWait {
 public:
  SignalsWait();
  SignalsWait(const SignalsWait&) = delete;
  SignalsWait& operator=(const SignalsWait&) = delete;
  ~SignalsWait();

 private:
  sigset_t before_ = {};
};

/// A file that remove_scrap() would remove, until forget() is called. Where too many are noted already, or the path is
/// longer than Linux takes, it is not noted.
class ScrapNote {
 public:
  ScrapNote() = default;
  ScrapNote(const ScrapNote&) = delete;
  ScrapNote& operator=(const ScrapNote&) = delete;
  ~ScrapNote() { forget(); }

  void note(const std::string& path);
  void forget();

 private:
  int place_ = -1;
};

/// A child process that remove_scrap() would kill, until forget() is called.
class ChildNote {
 public:
  ChildNote() = default;
  ChildNote(const ChildNote&) = delete;
  ChildNote& operator=(const ChildNote&) = delete;
  ~ChildNote() { forget(); }

  void note(pid_t child);
  void forget();

 private:
  int place_ = -1;
};

/// Removes the files, and kills the children, that this process has noted. May be called by a signal handler.
void remove_scrap();

}  // namespace upmem_des
