/// Code that runs in a process of its own: SimGrid has one engine a process.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

#include "util/descriptor_io.hpp"

namespace upmem_des::test {

/// What `code` returns in a process of its own, "threw …" where it throws. "died" where it does not return.
inline std::string in_child(const std::function<std::string()>& code) {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    std::string text;
    try {
      text = code();
    } catch (const std::exception& error) {
      text = std::string("threw ") + error.what();
    }
    ::_exit(write_all(ends[1], text) ? 0 : 1);
  }
  ::close(ends[1]);
  const std::string text = read_all(ends[0]);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0 ? text : "died";
}

}  // namespace upmem_des::test
